// SPDX-License-Identifier: MIT
/* twice.c - answers that a later line takes back. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

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

/* One of two that a template chooses from, or an exception from a rule. */
static bool in_branches(const struct answer *a, const struct answer *b)
{
	return a->branch != b->branch;
}

static bool is_command(const char *q)
{
	const char *last = strrchr(q, '/');

	return last && (strcmp(last, "/late_command") == 0 ||
			       strcmp(last, "/early_command") == 0 ||
			       strcmp(last, "/include_command") == 0);
}

static void overridden(struct check *c, const struct answer *a, const struct answer *b)
{
	size_t len = strlen(a->question.s);

	if (is_command(a->question.s)) {
		if (strcmp(a->value.s, b->value.s) != 0)
			found(c, a, a->question.at, len, LEVEL_ERROR, R_OVERRIDDEN,
				"this command never runs: line %u sets %s again, and "
				"the last one counts",
				b->line, a->question.s);
		return;
	}
	if (strcmp(a->value.s, b->value.s) == 0)
		found(c, a, a->question.at, len, LEVEL_NOTE, R_TWICE,
			"line %u says the same again", b->line);
	else
		found(c, a, a->question.at, len, LEVEL_WARNING, R_TWICE,
			"line %u sets it again, to \"%.60s\", and the last one counts",
			b->line, b->value.s);
}

void check_twice(struct check *c)
{
	struct place *v = pool_alloc(c->pool, (c->file->n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < c->file->n; i++)
		if (!c->file->v[i].broken && !c->file->v[i].seen &&
			!c->file->v[i].slip.into)
			v[n++] = (struct place){ &c->file->v[i], i };
	qsort(v, n, sizeof(*v), by_question);
	for (size_t i = 0; i + 1 < n; i++)
		if (strcmp(v[i].a->question.s, v[i + 1].a->question.s) == 0 &&
			!in_branches(v[i].a, v[i + 1].a))
			overridden(c, v[i].a, v[i + 1].a);
}
