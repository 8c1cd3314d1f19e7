// SPDX-License-Identifier: MIT
/* text.h - other people's bytes as text of an HTML or SVG document. */
#ifndef APPLIANCE_REPORT_TEXT_H
#define APPLIANCE_REPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Bytes of a larger text; NULs among them, none after them. */
struct slice {
	const char *s;
	size_t n;
};

struct slice slice_of(const char *s);
bool slice_is(struct slice a, const char *s);
bool slice_begins(struct slice a, const char *s);

/* Cuts the first line off *rest, without its line feed; false at the end. */
bool slice_line(struct slice *rest, struct slice *line);

/* Cuts line in two at the first c; false, and nothing done, if there is none. */
bool slice_split(struct slice line, char c, struct slice *left, struct slice *right);

/* The line without what only acts on a terminal, in buf, which has room for it. */
struct slice slice_shown(struct slice line, char *buf);

/*
 * Writes it so that it is text and nothing else, in an element as in a quoted
 * attribute: markup is escaped; control characters and what is no character are \xNN,
 * what cannot be seen or would turn the text around is \u{NNNN}; a tab is a space.
 * After max characters it ends with an ellipsis.
 */
void put_text(struct slice s, size_t max, FILE *f);

/* "1.1 GiB", and "2 min 36 s". */
void put_bytes(double bytes, FILE *f);
void put_seconds(double seconds, FILE *f);

#endif
