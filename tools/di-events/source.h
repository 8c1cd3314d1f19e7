// SPDX-License-Identifier: MIT
/* source.h - files that grow, a line at a time, in the order of their times. */
#ifndef DI_EVENTS_SOURCE_H
#define DI_EVENTS_SOURCE_H

#include "line.h"

#include <stdbool.h>
#include <stddef.h>

struct source {
	const char *path;
	int fd;
	char *buf;
	size_t len, room, at; /* at: where the next line begins */
	char *line;	      /* the next one, in buf; NULL: none yet */
	struct clock clock;   /* at it, or at the line before */
	bool overlong;	      /* the rest of a line that is too long is dropped */
};

/* "-" is standard input. 0 or a negative errno. */
int source_open(struct source *s, const char *path);

/* Reads what is there. 1: something came, 0: nothing, or a negative errno. */
int source_read(struct source *s);

/* Takes what is at the end without a newline for a line. */
void source_end(struct source *s);

/*
 * The line of all sources that comes first, until the next call; NULL: none. With
 * all, only when each has one, so that none comes too late.
 */
char *source_next(struct source *s, size_t count, bool all);
void source_close(struct source *s);

#endif
