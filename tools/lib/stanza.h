// SPDX-License-Identifier: MIT
/*
 * stanza.h - text in stanzas of "Field: value" lines, parted by empty lines:
 * the package status, templates, debconf's databases.
 */
#ifndef SEEDBED_STANZA_H
#define SEEDBED_STANZA_H

#include <stdbool.h>
#include <stddef.h>

struct field {
	const char *name;
	size_t namelen;
	const char *value; /* the rest of the first line, without the space before */
	size_t valuelen;
	const char *end; /* past the lines that continue it (they begin with a space) */
};

/*
 * Reads what is at *p and moves *p past it: 1 a field, 0 the empty lines that
 * end a stanza, -ENOENT the end of the text, -EBADMSG a line that is neither
 * (*p stays there).
 */
int field_next(const char **p, const char *end, struct field *f);

bool field_is(const struct field *f, const char *name);

/* The value as a string, the caller's to free; NULL: no memory. */
char *field_value(const struct field *f);

/* The number of the line that p is in. */
unsigned line_of(const char *text, const char *p);

#endif
