// SPDX-License-Identifier: MIT
/*
 * shellvalue.h - what a shell makes of a part of a line: quotes, $NAME, ${NAME:-word};
 * and the variables that it then knows.
 */
#ifndef GRUBIFY_SHELLVALUE_H
#define GRUBIFY_SHELLVALUE_H

#include "shellvars.h"

#include <stddef.h>

struct value {
	char *s;
	size_t n, room;
	bool unsure; /* part of it would take a shell, or there is too much of it */
};

void cleanup_value(struct value *v);
#define _cleanup_value_ _cleanup_(cleanup_value)

struct reader {
	struct shellvars *sv;
	const char *file, *p;
	int line;
	int error;
};

/* The character at hand, which is then behind; NUL at the end. */
char reader_next(struct reader *r);

/* Of the name that s begins with; 0: it begins with none. */
size_t name_length(const char *s);

/* Whether a word ends there. */
bool ends_word(char c);

/* Reads one word to its end. */
void value_read(struct reader *r, struct value *v);

/* The variable of that name, n bytes long; NULL: never assigned. */
struct shellvar *shellvar_find(const struct shellvars *sv, const char *name, size_t n);

/* NAME=VALUE, or NAME+=VALUE. One that is not sure is remembered as such. */
void shellvar_assign(struct reader *r, const char *name, size_t n,
	const struct value *v, int line, bool more);
void shellvar_forget(struct reader *r, const char *name, size_t n);

#endif
