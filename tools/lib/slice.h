// SPDX-License-Identifier: MIT
/* slice.h - a part of a larger text. */
#ifndef SEEDBED_SLICE_H
#define SEEDBED_SLICE_H

#include <stdbool.h>
#include <stddef.h>

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

#endif
