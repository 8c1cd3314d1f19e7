// SPDX-License-Identifier: MIT
/*
 * walk.h - the drunken walk: a digest's bits, two at a time, as steps on a board.
 */
#ifndef RANDOMART_WALK_H
#define RANDOMART_WALK_H

#include <stddef.h>
#include <stdint.h>

enum {
	WALK_W = 17,
	WALK_H = 9,
	WALK_START = 15, /* value of the cell that is drawn S */
	WALK_END = 16,	 /* and E, which wins where both are one cell */
	WALK_VALUES = 17,
};

/* The character of each value: visits first, then S and E. */
extern const char walk_chars[WALK_VALUES + 1];

struct board {
	uint8_t cell[WALK_H][WALK_W];
	uint8_t end_x, end_y;
};

/* One step: bit 0 goes right or left, bit 1 down or up, walls hold. */
void walk_step(int *x, int *y, unsigned bits);

void walk_draw(struct board *b, const uint8_t *digest, size_t len);

/* Marks in diff the cells that are not the same on all n boards; how many. */
size_t walk_differ(const struct board *b, size_t n, uint8_t diff[WALK_H][WALK_W]);

#endif
