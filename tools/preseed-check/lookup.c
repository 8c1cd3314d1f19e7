// SPDX-License-Identifier: MIT
/* lookup.c - a file's answers by their questions. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

struct known {
	const char *question;
	const struct answer *answer; /* the last */
	bool seen;
	unsigned unseen; /* the line that took the flag away */
};

struct place {
	const struct answer *a;
	size_t i;
};

static int by_question(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int c = strcmp(x->a->question.s, y->a->question.s);

	return c ? c : (x->i > y->i) - (x->i < y->i);
}

/*
 * A value sets the flag that the question has been seen. A line of the type seen
 * does nothing but set it, or with any other word than true take it away; with none,
 * or more than one, it is no command to debconf.
 */
static void take(struct known *k, const struct answer *a)
{
	if (!a->seen) {
		k->answer = a;
		k->seen = true;
	} else if (*a->value.s && !strpbrk(a->value.s, " \t")) {
		k->seen = strcmp(a->value.s, "true") == 0;
		k->unseen = a->line;
	}
}

void answers_sort(struct check *c)
{
	const struct file *f = c->file;
	struct place *v = pool_alloc(c->pool, (f->n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		if (!f->v[i].broken && !f->v[i].slip.into)
			v[n++] = (struct place){ &f->v[i], i };
	qsort(v, n, sizeof(*v), by_question);
	c->known = pool_alloc(c->pool, (n + 1) * sizeof(*c->known));
	c->knowns = 0;
	for (size_t i = 0; i < n; i++) {
		const char *question = v[i].a->question.s;

		if (!c->knowns ||
			strcmp(c->known[c->knowns - 1].question, question) != 0)
			c->known[c->knowns++].question = question;
		take(&c->known[c->knowns - 1], v[i].a);
	}
}

static const struct known *find(const struct check *c, const char *question)
{
	size_t lo = 0, hi = c->knowns;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int r = strcmp(question, c->known[mid].question);

		if (r == 0)
			return &c->known[mid];
		if (r < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const struct answer *answer_find(const struct check *c, const char *question)
{
	const struct known *k = find(c, question);

	return k ? k->answer : NULL;
}

bool answer_seen(const struct check *c, const char *question)
{
	const struct known *k = find(c, question);

	return k && k->seen;
}

unsigned answer_unseen(const struct check *c, const char *question)
{
	const struct known *k = find(c, question);

	return k ? k->unseen : 0;
}
