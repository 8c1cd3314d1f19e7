// SPDX-License-Identifier: MIT
/* draw.h - records as text, the pictures as ssh-keygen frames them. */
#ifndef RANDOMART_DRAW_H
#define RANDOMART_DRAW_H

#include "record.h"
#include "walk.h"

#include <stdio.h>

enum {
	DRAW_LINES = WALK_H + 2,
	DRAW_WIDTH = WALK_W + 2,
};

struct style {
	bool old;	   /* the frame of OpenSSH before 6.8 */
	bool picture_only; /* without the line above it */
	bool mark;	   /* a terminal: what differs is in reverse video */
};

/* The picture's lines, each DRAW_WIDTH characters and a NUL. */
void draw_lines(const struct record *r, const struct board *b, bool old,
	char out[DRAW_LINES][DRAW_WIDTH + 1]);

/* The line that ssh-keygen -l writes; of a bare fingerprint, what is known. */
void draw_heading(const struct record *r, FILE *f);

void draw_record(const struct record *r, const struct style *style, FILE *f);

/* The walk told step by step, and what may be concluded from a picture. */
void draw_explained(const struct record *r, const struct style *style, FILE *f);

struct comparison {
	const struct record *records;
	struct board *boards;
	size_t n;
	size_t count; /* of cells that differ */
	uint8_t diff[WALK_H][WALK_W];
};

/* Draws the boards of n records and marks where they differ. 0 or -ENOMEM. */
int compare(struct comparison *c, const struct record *records, size_t n);
void cleanup_comparison(struct comparison *c);

/* Pictures side by side, then a frame in which the cells that differ are marked. */
void draw_compared(const struct comparison *c, const struct style *style, FILE *f);

#endif
