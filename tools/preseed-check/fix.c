// SPDX-License-Identifier: MIT
/* fix.c - the text with what is beyond doubt put right. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

static int by_from(const void *a, const void *b)
{
	const struct edit *x = *(const struct edit *const *)a;
	const struct edit *y = *(const struct edit *const *)b;

	return (x->from > y->from) - (x->from < y->from);
}

char *fixed_text(const struct file *f, struct pool *pool, enum level level, size_t *len,
	size_t *count)
{
	const struct edit **e =
		pool_alloc(pool, (f->findings + 1) * sizeof(struct edit *));
	struct text text;
	FILE *out;
	size_t n = 0, at = 0;
	char *s;

	for (size_t i = 0; i < f->findings; i++)
		if (f->f[i].fix && f->f[i].level >= level)
			e[n++] = f->f[i].fix;
	*count = 0;
	if (n == 0)
		return NULL;
	qsort((void *)e, n, sizeof(struct edit *), by_from);
	out = text_open(&text);
	for (size_t i = 0; i < n; i++) {
		/* two that meet: the first, and the other the next time */
		if (e[i]->from < at || e[i]->to > f->len)
			continue;
		fwrite(f->text + at, 1, e[i]->from - at, out);
		fputs(e[i]->with, out);
		at = e[i]->to;
		++*count;
	}
	fwrite(f->text + at, 1, f->len - at, out);
	s = text_close(&text, pool);
	*len = text.len;
	return s;
}
