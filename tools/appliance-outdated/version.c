// SPDX-License-Identifier: MIT
#include "version.h"

#include <string.h>

static bool digit_first(struct slice s)
{
	return s.n && *s.s >= '0' && *s.s <= '9';
}

/* A tilde sorts before the end, letters after it, and all else after letters. */
static int weight(struct slice s)
{
	unsigned char c;

	if (s.n == 0 || digit_first(s))
		return 0;
	c = (unsigned char)*s.s;
	if (c == '~')
		return -1;
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' ? c : c + 256;
}

static void advance(struct slice *s, size_t n)
{
	s->s += n;
	s->n -= n;
}

/* Cuts the digits off, without the zeros that they begin with. */
static struct slice number(struct slice *s)
{
	struct slice digits;

	while (s->n && *s->s == '0')
		advance(s, 1);
	digits = (struct slice){ s->s, 0 };
	while (digit_first(*s)) {
		advance(s, 1);
		digits.n++;
	}
	return digits;
}

/* Of any length: what is longer is more. */
static int number_cmp(struct slice a, struct slice b)
{
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return a.n ? memcmp(a.s, b.s, a.n) : 0;
}

/* By turns what is no number, and a number, until there is a difference. */
static int part_cmp(struct slice a, struct slice b)
{
	while (a.n || b.n) {
		int r;

		while ((a.n && !digit_first(a)) || (b.n && !digit_first(b))) {
			if ((r = weight(a) - weight(b)) != 0)
				return r;
			advance(&a, 1); /* equal, so both have one */
			advance(&b, 1);
		}
		if ((r = number_cmp(number(&a), number(&b))) != 0)
			return r;
	}
	return 0;
}

/* What is before the first colon; *s is left with the rest. */
static struct slice epoch(struct slice *s)
{
	struct slice before = { "", 0 }, rest;

	if (slice_split(*s, ':', &before, &rest))
		*s = rest;
	return before;
}

/* What is behind the last hyphen; *s is left with what is before. */
static struct slice revision(struct slice *s)
{
	const char *at = s->n ? memrchr(s->s, '-', s->n) : NULL;
	struct slice behind = { "", 0 };

	if (at) {
		behind = (struct slice){ at + 1, s->n - (size_t)(at - s->s) - 1 };
		s->n = (size_t)(at - s->s);
	}
	return behind;
}

int version_cmp(struct slice a, struct slice b)
{
	struct slice ra, rb;
	int r;

	if (a.n == b.n && memcmp(a.s, b.s, a.n) == 0)
		return 0;
	r = part_cmp(epoch(&a), epoch(&b));
	if (r == 0) {
		ra = revision(&a);
		rb = revision(&b);
		r = part_cmp(a, b);
	}
	return r ? r : part_cmp(ra, rb);
}
