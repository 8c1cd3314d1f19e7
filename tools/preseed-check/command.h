// SPDX-License-Identifier: MIT
/* command.h - a command of a preseed file: the shell's text, and where it stands. */
#ifndef CHECK_COMMAND_H
#define CHECK_COMMAND_H

#include "check.h"

/* The value itself, or what a shell within it is to run. */
struct script {
	struct check *c;
	const struct answer *a;
	const char *text;
	const size_t *map;  /* where in the value each byte stands; NULL: as it is */
	const char *within; /* "sh -c"; NULL: the value itself */
	bool early;	    /* the target is not there yet */
	bool target;	    /* it runs in the installed system */
};

/* script.c: where in the answer's text a byte of the script stands. */
size_t script_place(const struct script *s, size_t at);

void script_found(const struct script *s, const struct token *t, enum level level,
	enum rule rule, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* The program that a word names, without its folder. */
const char *program_name(const char *word);

/* side.c: whether each command runs where what it needs is. */
void check_sides(const struct script *s, const struct tokens *t);

/* sets.c: whether the questions that it sets are questions. */
void check_sets(const struct script *s, const struct tokens *t);

#endif
