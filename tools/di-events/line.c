// SPDX-License-Identifier: MIT
#include "line.h"

#include <stddef.h>
#include <string.h>

/* All the world's time zones are apart by multiples of ZONE. */
enum { DAY = 86400, LEAP = 6 * 3600, ZONE = 900, BETWEEN_LINES = 120, LATE = 60 };

/* Two digits, the first of which may be a blank; -1 for anything else. */
static int two(const char *s)
{
	const int tens = s[0] == ' ' ? 0 : s[0] - '0', ones = s[1] - '0';

	return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

static long stamp_of(const char *s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const int before[] = { 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305,
		335 };
	char name[4] = "";
	const char *at;
	int d, h, m, sec;

	if (strnlen(s, 16) < 16 || s[3] != ' ' || s[6] != ' ' || s[9] != ':' ||
		s[12] != ':' || s[15] != ' ')
		return -1;
	memcpy(name, s, 3);
	at = strstr(months, name);
	d = two(s + 4), h = two(s + 7), m = two(s + 10), sec = two(s + 13);
	if (!at || (at - months) % 3 || d < 1 || d > 31 || h < 0 || h > 23 || m < 0 ||
		m > 59 || sec < 0 || sec > 60)
		return -1;
	return ((before[(at - months) / 3] + (long)d - 1) * 24 + h) * 3600 +
	       (long)m * 60 + sec;
}

bool line_parse(const char *s, struct line *l)
{
	const char *colon, *end;
	size_t n;

	l->stamp = stamp_of(s);
	if (l->stamp < 0)
		return false;
	s += 16;
	colon = strstr(s, ": ");
	n = colon ? (size_t)(colon - s) : strlen(s);
	if (!colon && (n == 0 || s[--n] != ':'))
		return false;
	end = memchr(s, '[', n);
	l->text = colon ? colon + 2 : s + strlen(s);
	if (end)
		n = (size_t)(end - s);
	if (n == 0 || n >= sizeof(l->prog) || memchr(s, ' ', n))
		return false;
	memcpy(l->prog, s, n);
	l->prog[n] = '\0';
	return true;
}

bool line_is_fork(const struct line *l)
{
	return strcmp(l->prog, "kernel") == 0 &&
	       strstr(l->text, "due to virtual machine fork");
}

/* Since the line before, though this one may be of another time zone than that. */
static long in_zone(struct clock *c, long delta)
{
	const long there = delta - c->shift; /* in the other that was met */
	const long rest = (delta % ZONE + ZONE) % ZONE;
	const bool sooner = there >= -LATE && (there < delta || delta < -LATE);

	if (sooner && there < ZONE)
		return there;
	if ((delta >= ZONE || delta <= BETWEEN_LINES - ZONE) && rest < BETWEEN_LINES) {
		c->shift = delta - rest;
		return rest;
	}
	return sooner ? there : delta;
}

double clock_at(struct clock *c, long stamp)
{
	long delta = stamp - c->last;

	if (!c->runs) {
		c->last = stamp;
		c->shift = 0;
		c->runs = true;
		return c->t;
	}
	if (delta < -180L * DAY)
		delta += 366L * DAY;
	delta = in_zone(c, delta);
	if (delta > 0 && delta < LEAP)
		c->t += (double)delta;
	/* a line of the other file may be a little late; that is no leap back */
	if (delta > 0 || delta < -LATE)
		c->last += delta;
	return c->t;
}
