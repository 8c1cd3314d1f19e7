// SPDX-License-Identifier: MIT
/*
 * late.c - answers about the network in a file that comes over the network.
 *
 * With url= on the kernel command line, netcfg has run, by DHCP, when the file is
 * there. What the file says of it changes nothing, unless an early command of it
 * runs netcfg once more.
 */
#include "check.h"

#include <string.h>

bool network_again(struct check *c)
{
	const struct answer *a = answer_find(c, "preseed/early_command");
	struct tokens t;

	if (!a)
		return false;
	tokens_read(&t, c->pool, a->value.s);
	for (size_t i = 0; i < t.n; i++) {
		const char *s = t.v[i].s, *base = strrchr(s, '/');

		if (t.v[i].kind == 'w' && strcmp(base ? base + 1 : s, "netcfg") == 0)
			return true;
	}
	return false;
}

/* What a file says because the example has it, or what holds without it. */
static bool idle(const struct check *c, const struct answer *a)
{
	return strcmp(a->question.s, "netcfg/confirm_static") == 0 || !*a->value.s ||
	       strncmp(a->value.s, "unassigned", 10) == 0 ||
	       strcmp(a->value.s, "auto") == 0 || strcmp(a->value.s, "false") == 0 ||
	       strcmp(a->value.s, qindex_text(c->index, a->q->value)) == 0;
}

static bool too_late(struct check *c, const struct answer *a)
{
	return !a->broken && !a->seen && strncmp(a->question.s, "netcfg/", 7) == 0 &&
	       strcmp(a->question.s, "netcfg/target_network_config") != 0 && a->q &&
	       !on_cmdline(c, a->question.s);
}

/* "line 3 changes" or "lines 1-4, 7 change": all that come too late. */
static const char *lines_change(struct check *c)
{
	struct text text;
	FILE *f = text_open(&text);
	unsigned first = 0, last = 0;
	size_t n = 0;

	for (size_t i = 0; i <= c->file->n; i++) {
		const struct answer *a = i < c->file->n ? &c->file->v[i] : NULL;

		if (a && (!too_late(c, a) || idle(c, a)))
			continue;
		if (a && last && a->line == last + 1) {
			last++;
			n++;
			continue;
		}
		if (first && first == last)
			fprintf(f, "%u%s", first, a ? ", " : "");
		else if (first)
			fprintf(f, "%u-%u%s", first, last, a ? ", " : "");
		if (a) {
			first = last = a->line;
			n++;
		}
	}
	return pool_printf(c->pool, n == 1 ? "line %s changes" : "lines %s change",
		text_close(&text, c->pool));
}

/* As the kernel command line has it. */
static const char *parameter(struct check *c, const struct answer *a)
{
	bool blank = strchr(a->value.s, ' ') != NULL;

	return pool_printf(c->pool, "%s=%s%s%s", a->question.s, blank ? "\"" : "",
		a->value.s, blank ? "\"" : "");
}

/* Whether that it is asked for has been said, which is more. */
static bool asked(const struct check *c, const char *question)
{
	for (size_t i = 0; i < c->file->findings; i++)
		if (c->file->f[i].rule == R_UNANSWERED &&
			strcmp(c->file->f[i].question, question) == 0)
			return true;
	return false;
}

void check_late(struct check *c)
{
	const struct answer *first = NULL, *fixed = NULL;

	if (!on_cmdline(c, "preseed/url") || network_again(c))
		return;
	for (size_t i = 0; i < c->file->n; i++) {
		const struct answer *a = &c->file->v[i];

		if (!too_late(c, a) || placeholder(a->value.s))
			continue;
		if (!first && !idle(c, a) && !asked(c, a->question.s))
			first = a;
		if (strcmp(a->question.s, "netcfg/disable_autoconfig") == 0 &&
			strcmp(a->value.s, "true") == 0)
			fixed = a;
	}
	if (fixed)
		found(c, fixed, fixed->question.at, strlen(fixed->question.s),
			LEVEL_ERROR, R_LATE,
			"%s comes too late: DHCP has been used by then, and %s "
			"nothing; "
			"say them on the kernel command line, as %s",
			fixed->question.s, lines_change(c), parameter(c, fixed));
	else if (first)
		found(c, first, first->question.at, strlen(first->question.s),
			LEVEL_WARNING, R_LATE,
			"%s comes too late: the network is set up before this file is "
			"there, and "
			"%s nothing; say it on the kernel command line, as %s",
			first->question.s, lines_change(c), parameter(c, first));
}
