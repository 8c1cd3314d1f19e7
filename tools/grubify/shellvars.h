// SPDX-License-Identifier: MIT
/*
 * shellvars.h - files of assignments that a shell is meant to read, as
 * /etc/default/grub, without a shell: quotes, $NAME, ${NAME}, ${NAME:-word}, export,
 * unset and ";" are done, and nothing is ever run. What it would take a shell for is
 * left out, and told.
 */
#ifndef GRUBIFY_SHELLVARS_H
#define GRUBIFY_SHELLVARS_H

#include <stdbool.h>
#include <stddef.h>

struct shellvar {
	char *name, *value;
	/* its last assignment was not evaluated: where; the value is the one before */
	char *file;
	int line;
};

struct shellvars {
	struct shellvar *list;
	size_t n;
	/* told of each command that was left out */
	void (*left_out)(void *arg, const char *file, int line);
	void *arg;
};

/* Reads one more file, after those before. 0 or a negative errno. */
int shellvars_read(struct shellvars *sv, const char *file, const char *text);

/* NULL: never assigned. */
const struct shellvar *shellvars_get(const struct shellvars *sv, const char *name);

void shellvars_free(struct shellvars *sv);

#endif
