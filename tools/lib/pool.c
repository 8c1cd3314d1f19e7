// SPDX-License-Identifier: MIT
/* pool.c - memory that lives as long as the run. */
#include "pool.h"

#include "diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *p)
{
	if (!p) {
		diag("out of memory");
		exit(EX_FAILED);
	}
	return p;
}

void *grow(void *v, size_t n, size_t *room, size_t item)
{
	if (n < *room)
		return v;
	*room = *room ? *room * 2 : 16;
	return must(reallocarray(v, *room, item));
}

void *pool_adopt(struct pool *p, void *block)
{
	p->block = grow(p->block, p->n, &p->room, sizeof(*p->block));
	p->block[p->n++] = must(block);
	return block;
}

void *pool_alloc(struct pool *p, size_t size)
{
	return pool_adopt(p, calloc(1, size ? size : 1));
}

char *pool_strndup(struct pool *p, const char *s, size_t len)
{
	return pool_adopt(p, strndup(s, len));
}

char *pool_strdup(struct pool *p, const char *s)
{
	return pool_adopt(p, strdup(s));
}

char *pool_printf(struct pool *p, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return pool_adopt(p, s);
}

FILE *text_open(struct text *t)
{
	*t = (struct text){ 0 };
	t->f = must(open_memstream(&t->s, &t->len));
	return t->f;
}

char *text_close(struct text *t, struct pool *p)
{
	fclose(t->f);
	return pool_adopt(p, t->s);
}

void pool_free(struct pool *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->block[i]);
	free(p->block);
	*p = (struct pool){ 0 };
}
