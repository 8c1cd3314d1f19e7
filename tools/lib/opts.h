// SPDX-License-Identifier: MIT
/*
 * opts.h - command lines, the same for every tool.
 *
 * The tool's table ends with OPTS_COMMON, which adds --help, --usage and
 * --version. Usage errors are one line and "Try 'tool --help'".
 *
 * SEEDBED_VERSION is what the file VERSION says; make defines it.
 */
#ifndef SEEDBED_OPTS_H
#define SEEDBED_OPTS_H

#include <popt.h>

/* What opts_parse() returns: go on, or leave main() with this exit status. */
enum { OPTS_GO = -1 };

extern struct poptOption opts_common[];
#define OPTS_COMMON                                                                    \
	{ NULL, '\0', POPT_ARG_INCLUDE_TABLE, opts_common, 0, "General:", NULL },      \
		POPT_TABLEEND

/*
 * Parses argv by table; operands is what --help shows after [OPTION...].
 * Every option writes through its table's arg pointer (strings are allocated
 * and belong to the caller); none may have a val of its own. On OPTS_GO, *args
 * is the NULL-terminated list of operands, of which there are between min and
 * max (max < 0: no limit), and *ctx owns it: poptFreeContext() it at the end.
 * Otherwise the exit status for main() is returned and *ctx is NULL.
 */
int opts_parse(poptContext *ctx, int argc, char **argv, const struct poptOption *table,
	const char *operands, int min, int max, const char ***args);

/*
 * Cuts argv at its first "--": what follows, the command to run inside, up to a NULL,
 * or NULL where there is no "--". Before opts_parse().
 */
const char *const *opts_command(int *argc, char **argv);

/* Says what is wrong with the command line, and where help is. EX_BADUSAGE. */
int opts_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void cleanup_popt(poptContext *ctx);

#endif
