// SPDX-License-Identifier: MIT
/* names.c - whether a name is one of a list, and which of them was meant. */
#include "names.h"

#include "nearest.h"

#include <string.h>

const char *nearest_of(const char *const *list, size_t n, const char *s)
{
	const char *best = NULL;
	unsigned least = 3;

	for (size_t i = 0; i < n; i++) {
		unsigned d = edit_distance(list[i], s);

		/* short words are near to any other */
		if (list[i][0] != s[0] && (d > 1 || strlen(s) <= 3))
			continue;
		if (d < least && near_enough(s, d)) {
			least = d;
			best = list[i];
		}
	}
	return best;
}

bool one_of(const char *const *list, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], s) == 0)
			return true;
	return false;
}

bool is_name(const char *s, const char *what)
{
	return s && strcmp(s, what) == 0;
}
