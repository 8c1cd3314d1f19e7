// SPDX-License-Identifier: MIT
/* nearest.c - how far two names are apart. */
#include "nearest.h"

#include <string.h>

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Letters that have changed places count as one change. */
unsigned edit_distance(const char *a, const char *b)
{
	enum { LONG = 64 };
	unsigned rows[3][LONG + 1], *before = rows[0], *last = rows[1], *row = rows[2];
	size_t n = strlen(b);

	if (n > LONG || strlen(a) > LONG)
		return LONG;
	for (unsigned j = 0; j <= n; j++)
		last[j] = j;
	for (unsigned i = 1; a[i - 1]; i++) {
		unsigned *oldest = before;

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			row[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]),
				1 + least(last[j], row[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = oldest;
	}
	return last[n];
}

bool near_enough(const char *name, unsigned distance)
{
	return distance <= 1 + strlen(name) / 4;
}
