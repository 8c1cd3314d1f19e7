/* nearest.c - how far two names are apart. */
#include "nearest.h"

#include <string.h>

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned edit_distance(const char *a, const char *b)
{
	enum { LONG = 64 };
	unsigned row[LONG + 1];
	size_t n = strlen(b);

	if (n > LONG || strlen(a) > LONG)
		return LONG;
	for (unsigned j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned i = 1; *a; a++, i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			unsigned change = diagonal + (*a != b[j - 1]);

			diagonal = row[j];
			row[j] = least(change, 1 + least(row[j], row[j - 1]));
		}
	}
	return row[n];
}

bool near_enough(const char *name, unsigned distance)
{
	return distance <= 1 + strlen(name) / 4;
}
