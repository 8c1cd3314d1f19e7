// SPDX-License-Identifier: MIT
#include "opts.h"
#include "cleanup.h"
#include "diag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { OPT_HELP = 0x5e01, OPT_USAGE, OPT_VERSION };

struct poptOption opts_common[] = { { "help", '?', POPT_ARG_NONE, NULL, OPT_HELP,
					    "Show this help", NULL },
	{ "usage", '\0', POPT_ARG_NONE, NULL, OPT_USAGE, "Show a short usage line",
		NULL },
	{ "version", '\0', POPT_ARG_NONE, NULL, OPT_VERSION, "Show the version", NULL },
	POPT_TABLEEND };

static const char *const no_args[] = { NULL };

void cleanup_popt(poptContext *ctx)
{
	if (*ctx)
		*ctx = poptFreeContext(*ctx);
}

int opts_error(const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	diag("%s", text ? text : fmt);
	fprintf(stderr, "Try '%s --help'\n", program_invocation_short_name);
	return EX_BADUSAGE;
}

const char *const *opts_command(int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++)
		if (strcmp(argv[i], "--") == 0) {
			argv[i] = NULL;
			*argc = i;
			return (const char *const *)argv + i + 1;
		}
	return NULL;
}

static int show(poptContext ctx, int what)
{
	if (what == OPT_HELP)
		poptPrintHelp(ctx, stdout, 0);
	else if (what == OPT_USAGE)
		poptPrintUsage(ctx, stdout, 0);
	else
		printf("%s (seedbed) %s\n", program_invocation_short_name,
			SEEDBED_VERSION);
	return flush_stdout() < 0 ? EX_FAILED : EX_DONE;
}

int opts_parse(poptContext *ctx, int argc, char **argv, const struct poptOption *table,
	const char *operands, int min, int max, const char ***args)
{
	_cleanup_(cleanup_popt) poptContext c = NULL;
	const char **list;
	int r, n = 0;

	*ctx = NULL;
	c = poptGetContext(
		program_invocation_short_name, argc, (const char **)argv, table, 0);
	poptSetOtherOptionHelp(c, operands);
	while ((r = poptGetNextOpt(c)) > 0)
		if (r == OPT_HELP || r == OPT_USAGE || r == OPT_VERSION)
			return show(c, r);
	if (r < -1)
		return opts_error("%s: %s", poptBadOption(c, 0), poptStrerror(r));
	list = poptGetArgs(c);
	if (!list)
		list = (const char **)no_args;
	while (list[n])
		n++;
	if (n < min)
		return opts_error("%s: missing operand", operands);
	if (max >= 0 && n > max)
		return opts_error("%s: one operand too many", list[max]);
	*args = list;
	*ctx = steal_ptr(&c);
	return OPTS_GO;
}
