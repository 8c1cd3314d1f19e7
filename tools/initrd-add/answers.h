// SPDX-License-Identifier: MIT
/*
 * answers.h - a preseed file, read as the installer's own debconf-set-selections
 * reads it: what a line means there, it means here.
 */
#ifndef INITRD_ANSWERS_H
#define INITRD_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

struct answer {
	char *question, *value;
	bool flag;  /* the line sets the question's "seen" flag, not its value */
	bool fetch; /* names more files to fetch: the installer must do that itself */
	char *line; /* as the installer notes it in its log */
};

struct answers {
	struct answer *list;
	size_t count;
};

/* 0, or -EBADMSG: *why is wrong with line *line; -ENOMEM. */
int answers_parse(struct answers *a, const char *text, size_t len, unsigned *line,
	const char **why);

void answers_free(struct answers *a);

#endif
