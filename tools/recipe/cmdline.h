// SPDX-License-Identifier: MIT
/*
 * cmdline.h - the command line that the compilers of recipes have in common: which
 * recipe, for whom, what of it is written and where.
 */
#ifndef RECIPE_CMDLINE_H
#define RECIPE_CMDLINE_H

#include "plan.h"

/* Strings and lists are popt's, allocated: cmdline_free(). */
struct cmdline {
	char *output, *key, *host, *payload, *copies, *format;
	char **set, **limit;
	int explain, facts, keys;
};

/* Rows of a popt table; each compiler has its own formats, and calls its output by a
 * name. */
#define CMDLINE_OPTIONS(c, formats, part)                                              \
	{ "output", 'o', POPT_ARG_STRING, &(c).output, 0,                              \
		"write to FILE (standard output)", "FILE" },                           \
		{ "set", 's', POPT_ARG_ARGV, &(c).set, 0,                              \
			"say a key in place of the recipe", "KEY=VALUE" },             \
		{ "limit", 'l', POPT_ARG_ARGV, &(c).limit, 0,                          \
			"refuse a recipe that wants more of cpus, disk or memory",     \
			"KEY=VALUE" },                                                 \
		{ "key", 'k', POPT_ARG_STRING, &(c).key, 0,                            \
			"root's SSH public keys (yours)", "FILE" },                    \
		{ "payload", 'p', POPT_ARG_STRING, &(c).payload, 0,                    \
			"leave files out, list them in FILE", "FILE" },                \
		{ "copies", 'c', POPT_ARG_STRING, &(c).copies, 0,                      \
			"list copies of them, made in DIR as they are checked",        \
			"DIR" },                                                       \
		{ "explain", 'e', POPT_ARG_NONE, &(c).explain, 0,                      \
			"say where each " part " comes from", NULL },                  \
		{ "facts", 0, POPT_ARG_NONE, &(c).facts, 0,                            \
			"write what programs want to know", NULL },                    \
		{ "format", 0, POPT_ARG_STRING, &(c).format, 0, formats, "FORMAT" },   \
		{ "keys", 0, POPT_ARG_NONE, &(c).keys, 0, "list the keys of a recipe", \
			NULL },                                                        \
	{                                                                              \
		"host", 0, POPT_ARG_STRING, &(c).host, 0,                              \
			"guess from DIR in place of /", "DIR"                          \
	}

/* What is to be written: by --explain, --facts or --format; NULL: nothing was said. */
const char *cmdline_format(const struct cmdline *c);

/*
 * What no compiler takes together; recipe is the operand, or NULL. Said; 0 or the exit
 * status.
 */
int cmdline_fault(const struct cmdline *c, const char *recipe);

/*
 * Reads the recipe into p->recipe with what was said in its place, and plans it. What
 * is wrong with it is said and counted there. 0, or a negative errno where it cannot be
 * gone on with.
 */
int cmdline_plan(const struct cmdline *c, const char *recipe, struct plan *p);

/* Holds the plan to --limit, after all that makes it. */
void cmdline_limit(const struct cmdline *c, struct plan *p);

void cmdline_free(struct cmdline *c);

#endif
