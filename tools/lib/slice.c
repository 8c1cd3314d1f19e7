// SPDX-License-Identifier: MIT
#include "slice.h"

#include <string.h>

struct slice slice_of(const char *s)
{
	return (struct slice){ s, strlen(s) };
}

bool slice_is(struct slice a, const char *s)
{
	return a.n == strlen(s) && memcmp(a.s, s, a.n) == 0;
}

bool slice_begins(struct slice a, const char *s)
{
	size_t n = strlen(s);

	return a.n >= n && memcmp(a.s, s, n) == 0;
}

bool slice_split(struct slice line, char c, struct slice *left, struct slice *right)
{
	const char *at = line.n ? memchr(line.s, c, line.n) : NULL;

	if (!at)
		return false;
	left->s = line.s;
	left->n = (size_t)(at - line.s);
	right->s = at + 1;
	right->n = line.n - left->n - 1;
	return true;
}

bool slice_line(struct slice *rest, struct slice *line)
{
	if (rest->n == 0)
		return false;
	if (!slice_split(*rest, '\n', line, rest)) {
		*line = *rest;
		rest->n = 0;
	}
	return true;
}
