// SPDX-License-Identifier: MIT
/* suggest.c - which question was meant. */
#include "check.h"
#include "nearest.h"

#include <string.h>

/* Texts and errors are never answered. */
static bool answerable(const struct qindex_question *q)
{
	return (q->flags & QF_READ) ||
	       (q->type != QT_TEXT && q->type != QT_TITLE && q->type != QT_ERROR);
}

static size_t common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

/*
 * Of two at the same distance: the one of the line's type, then one that the file
 * does not answer besides, then the one that begins alike for longer.
 */
static unsigned rank(const struct check *c, const struct answer *a,
	const struct qindex *x, const struct qindex_question *q, unsigned distance)
{
	const char *name = qindex_text(x, q->name);
	enum qtype type = qtype_find(a->type.s, strlen(a->type.s));
	size_t same = common(name, a->question.s);
	unsigned r = distance * 1000;

	if (type != q->type && type != QT_COUNT && q->type != QT_ANY)
		r += (type == QT_STRING && q->type == QT_SELECT) ||
				     (type == QT_SELECT && q->type == QT_STRING)
			     ? 100
			     : 500;
	if (answer_find(c, name))
		r += 250;
	if (q->type == QT_ANY)
		r += 300; /* a string in a program, perhaps */
	return r + (same < 90 ? 90 - (unsigned)same : 0);
}

/*
 * How far a name is from one that there is: each of its two parts is near for itself,
 * for a long first one would let anything pass for the second. UINT32_MAX: too far.
 */
static unsigned far_from(const char *name, const char *other)
{
	size_t n = strcspn(name, "/"), m = strcspn(other, "/");
	const char *last = name + n, *of = other + m;
	char a[64], b[64];
	unsigned first, second;

	if (n >= sizeof(a) || m >= sizeof(b) || !*last)
		return UINT32_MAX;
	snprintf(a, sizeof(a), "%.*s", (int)n, name);
	snprintf(b, sizeof(b), "%.*s", (int)m, other);
	first = strcmp(a, b) == 0 ? 0 : edit_distance(a, b);
	second = strcmp(last, of) == 0 ? 0 : edit_distance(last, of);
	/* partman/choose_recipe is partman-auto's */
	if (second == 0 && first && strlen(last) > 8 &&
		(strncmp(a, b, n < m ? n : m) == 0))
		return 1;
	if (first > (n > 3 ? 1 + n / 6 : 1) || second > (strlen(last) + 2) / 4)
		return UINT32_MAX;
	return first + second;
}

const struct qindex_question *nearest_question(
	struct check *c, const struct answer *a, const struct qindex *x)
{
	const struct qindex_question *best = NULL;
	const char *name = a->question.s;
	unsigned least = UINT32_MAX;

	if (c->suggested++ > SUGGESTIONS)
		return NULL;
	for (size_t i = 0; i < x->questions; i++) {
		const struct qindex_question *q = &x->question[i];
		unsigned d, r;

		if (!answerable(q))
			continue;
		d = far_from(name, qindex_text(x, q->name));
		if (d == 0 || d == UINT32_MAX || d * 1000 > least)
			continue;
		r = rank(c, a, x, q, d);
		if (r < least) {
			least = r;
			best = q;
		}
	}
	return best;
}
