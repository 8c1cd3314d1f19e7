// SPDX-License-Identifier: MIT
#include "walk.h"

#include <string.h>

const char walk_chars[WALK_VALUES + 1] = " .o+=*BOX@%&#/^SE";

/* More visits than this look alike. */
enum { MOST_VISITS = WALK_START - 1 };

static int clamp(int v, int max)
{
	if (v < 0)
		return 0;
	return v > max ? max : v;
}

void walk_step(int *x, int *y, unsigned bits)
{
	*x = clamp(*x + (bits & 1 ? 1 : -1), WALK_W - 1);
	*y = clamp(*y + (bits & 2 ? 1 : -1), WALK_H - 1);
}

void walk_draw(struct board *b, const uint8_t *digest, size_t len)
{
	int x = WALK_W / 2, y = WALK_H / 2;

	memset(b->cell, 0, sizeof(b->cell));
	for (size_t i = 0; i < len; i++)
		for (unsigned pair = 0; pair < 4; pair++) {
			walk_step(&x, &y, (unsigned)digest[i] >> (2 * pair));
			if (b->cell[y][x] < MOST_VISITS)
				b->cell[y][x]++;
		}
	b->cell[WALK_H / 2][WALK_W / 2] = WALK_START;
	b->cell[y][x] = WALK_END;
	b->end_x = (uint8_t)x;
	b->end_y = (uint8_t)y;
}

size_t walk_differ(const struct board *b, size_t n, uint8_t diff[WALK_H][WALK_W])
{
	size_t count = 0;

	for (int y = 0; y < WALK_H; y++)
		for (int x = 0; x < WALK_W; x++) {
			diff[y][x] = 0;
			for (size_t i = 1; i < n; i++)
				if (b[i].cell[y][x] != b[0].cell[y][x])
					diff[y][x] = 1;
			count += diff[y][x];
		}
	return count;
}
