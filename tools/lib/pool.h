// SPDX-License-Identifier: MIT
/* pool.h - strings and lists that live as long as the run, freed in one go. */
#ifndef SEEDBED_POOL_H
#define SEEDBED_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct pool {
	void **block;
	size_t n, room;
};

/* Zeroed memory. Out of memory ends the program: nothing has been written. */
void *pool_alloc(struct pool *p, size_t size);
char *pool_strndup(struct pool *p, const char *s, size_t len);
char *pool_strdup(struct pool *p, const char *s);
char *pool_printf(struct pool *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Hands a malloc()ed block over. */
void *pool_adopt(struct pool *p, void *block);

void pool_free(struct pool *p);

/* A string that is written piece by piece. */
struct text {
	FILE *f;
	char *s;
	size_t len;
};

FILE *text_open(struct text *t);

/* What was written, the pool's from now on. */
char *text_close(struct text *t, struct pool *p);

/* What grows with realloc() and ends the program when memory does. */
void *grow(void *v, size_t n, size_t *room, size_t item);

#endif
