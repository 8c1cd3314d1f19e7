// SPDX-License-Identifier: MIT
/*
 * script.h - what is done inside the installed system last: keys, users, files and
 * commands of the recipe's, the same by whatever installer.
 */
#ifndef RECIPE_SCRIPT_H
#define RECIPE_SCRIPT_H

#include "plan.h"

#include <stdio.h>

struct script {
	FILE *f;
	struct plan *p;
	bool shown; /* for people: contents of files are left out */
};

/* What an installer adds of its own. */
struct script_own {
	const char *first;		 /* commands before all others */
	void (*system)(struct script *); /* what it leaves undone; NULL: nothing */
	const char *forget_proxy;	 /* takes the installation's out again */
};

/* A blank, and the text in quotes. */
void script_word(struct script *s, const char *text);

/* The name as it is, then words in quotes up to a NULL. */
void script_command(struct script *s, const char *name, ...);

/* A file of that text, in place of what is there. */
void script_put(struct script *s, const char *text, const char *target, const char *mode,
	const char *owner);

/* The plan's files must have been read. The pool's. */
char *script_make(struct plan *p, const struct script_own *own, bool shown, size_t *len);

/* One line for a shell, of letters that nothing on the way touches. */
char *script_line(struct plan *p, const char *script, size_t len);

/* Whether a command can be run; else it is said, with what it stands in. */
void script_limit(struct plan *p, const char *command, const char *in);

#endif
