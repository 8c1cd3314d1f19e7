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

const struct qindex_question *nearest_question(
	const struct check *c, const struct answer *a, const struct qindex *x)
{
	const struct qindex_question *best = NULL;
	const char *name = a->question.s;
	size_t len = strlen(name);
	unsigned least = UINT32_MAX;

	for (size_t i = 0; i < x->questions; i++) {
		const struct qindex_question *q = &x->question[i];
		const char *other = qindex_text(x, q->name);
		size_t n = strlen(other);
		unsigned d, r;

		if (!answerable(q) ||
			!near_enough(name, (unsigned)(n > len ? n - len : len - n)))
			continue;
		d = edit_distance(name, other);
		if (d == 0 || !near_enough(name, d) || d * 1000 > least)
			continue;
		r = rank(c, a, x, q, d);
		if (r < least) {
			least = r;
			best = q;
		}
	}
	return best;
}
