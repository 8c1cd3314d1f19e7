// SPDX-License-Identifier: MIT
/*
 * raid.c - partman-auto-raid/recipe, by what auto-raidcfg makes of it:
 *
 *	LEVEL COUNT SPARES FILESYSTEM MOUNTPOINT DEVICE#DEVICE... [SPARE#SPARE [ARGS]] .
 *
 * An array ends at any . even within a word, and its words are taken by their order
 * alone. Whatever mdadm refuses ends the installation.
 */
#include "names.h"
#include "recipe.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(*(list)))
enum { LEVEL, DEVICES, SPARES, FILESYSTEM, MOUNTPOINT, NAMES, SPARE_NAMES, ARGS };

static void add_array(struct arrays *r, const struct word *v, size_t n)
{
	if (n)
		r->v[r->n++] = (struct array){ v, n };
}

/* A word with a . inside, which cuts the array in two. */
static void cut(struct arrays *r, const struct word *w)
{
	struct recipe *t = &r->text;

	wrong(t, w, LEVEL_ERROR,
		"%s: the array ends at any . even within a word; what follows is taken "
		"for "
		"another array",
		w->s);
}

static void split(struct arrays *r)
{
	struct recipe *t = &r->text;
	const char *s = t->a->value.s;
	size_t room = strlen(s) / 2 + 2, from = 0;

	t->w = pool_alloc(t->c->pool, room * sizeof(*t->w));
	r->v = pool_alloc(t->c->pool, room * sizeof(*r->v));
	for (size_t p = 0; p += strspn(s + p, " \t"), s[p];) {
		size_t n = strcspn(s + p, " \t"), word = strcspn(s + p, ". \t");
		bool end = s[p + word] == '.';

		/* WORD. is as good as WORD . */
		if (word + 1 == n && end)
			n = word;
		else if (word < n && n > 1)
			cut(r, &(struct word){ pool_strndup(t->c->pool, s + p, n),
				       t->a->value.at + p, n });
		if (n)
			t->w[t->words++] =
				(struct word){ pool_strndup(t->c->pool, s + p, n),
					t->a->value.at + p, n };
		if (end && n <= word) {
			add_array(r, t->w + from, t->words - from);
			from = t->words;
		}
		p += n + (end && n <= word);
	}
	add_array(r, t->w + from, t->words - from);
}

static bool number(const char *s, unsigned *n)
{
	*n = 0;
	for (; isdigit((unsigned char)*s) && *n < 100000; s++)
		*n = *n * 10 + (unsigned)(*s - '0');
	return !*s;
}

static size_t names(const char *s)
{
	size_t n = 0;

	while (s += strspn(s, "#"), *s) {
		n++;
		s += strcspn(s, "#");
	}
	return n;
}

/* How many there are, and what least of each level. */
static bool numbers(struct arrays *r, const struct array *a)
{
	static const struct {
		const char *level;
		unsigned least;
	} levels[] = { { "0", 1 }, { "1", 1 }, { "4", 2 }, { "5", 3 }, { "6", 4 },
		{ "10", 2 } };
	struct recipe *t = &r->text;
	const struct word *v = a->v;
	const char *digits = v[LEVEL].s + strcspn(v[LEVEL].s, "0123456789");
	unsigned count = 0, spares, least = 0;

	for (size_t i = 0; i < COUNT(levels); i++)
		if (strcmp(v[LEVEL].s, levels[i].level) == 0)
			least = levels[i].least;
	if (!least)
		wrong(t, &v[LEVEL], LEVEL_ERROR,
			"%s is no RAID level: 0, 1, 4, 5, 6 or 10 is%s%s%s", v[LEVEL].s,
			*digits && digits > v[LEVEL].s ? "; did you mean " : "",
			*digits && digits > v[LEVEL].s ? digits : "",
			*digits && digits > v[LEVEL].s ? "?" : "");
	if (!number(v[DEVICES].s, &count) || !count) {
		wrong(t, &v[DEVICES], LEVEL_ERROR,
			"%s is no number of devices, which comes after the level",
			v[DEVICES].s);
		return false;
	}
	if (count < least)
		wrong(t, &v[DEVICES], LEVEL_ERROR, "RAID %s wants %u devices at least",
			v[LEVEL].s, least);
	if (number(v[SPARES].s, &spares))
		return true;
	wrong(t, &v[SPARES], LEVEL_ERROR,
		"%s is no number of spare devices: 0 if there are none", v[SPARES].s);
	return false;
}

static bool is_filesystem(const struct check *c, const char *s)
{
	return strcmp(s, "swap") == 0 || strcmp(s, "lvm") == 0 ||
	       strcmp(s, "crypto-lvm") == 0 ||
	       (*s != '$' && strcmp(s, "ntfs") != 0 && partman_filesystem(c, s));
}

static bool mounts(const char *filesystem)
{
	return strcmp(filesystem, "swap") != 0 && strcmp(filesystem, "lvm") != 0 &&
	       strcmp(filesystem, "crypto-lvm") != 0;
}

static bool filesystem(struct arrays *r, const struct array *a)
{
	static const char *const list[] = { "ext4", "ext3", "ext2", "btrfs", "xfs",
		"jfs", "fat16", "fat32", "swap", "lvm", "crypto-lvm" };
	struct recipe *t = &r->text;
	const struct word *w = &a->v[FILESYSTEM];
	const char *near = nearest_of(list, COUNT(list), w->s);

	if (is_filesystem(t->c, w->s))
		return true;
	if (strcmp(w->s, "crypto") == 0 || strcmp(w->s, "luks") == 0)
		near = "crypto-lvm";
	else if (strstr(w->s, "swap"))
		near = "swap";
	wrong(t, w, LEVEL_ERROR,
		"%s is no filesystem of partman's, nor swap, lvm or crypto-lvm%s%s%s",
		w->s, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
	return false;
}

/* Whether it names devices, of which a mount point has taken the place. */
static bool device_names(const char *s)
{
	return strchr(s, '#') || strncmp(s, "/dev/", 5) == 0;
}

static bool mountpoint(struct arrays *r, const struct array *a, bool known)
{
	struct recipe *t = &r->text;
	const struct word *w = &a->v[MOUNTPOINT];

	if (device_names(w->s)) {
		wrong(t, w, LEVEL_ERROR,
			"the mount point is missing, and %s is taken for it (- is "
			"written "
			"for swap and lvm)",
			w->s);
		return false;
	}
	if (known && mounts(a->v[FILESYSTEM].s) && w->s[0] != '/')
		wrong(t, w, LEVEL_ERROR, "%s is no mount point: it begins with /",
			w->s);
	return true;
}

/* One device of several: offset and length in its word. */
static void device(struct arrays *r, const struct word *w, size_t at, size_t n)
{
	struct recipe *t = &r->text;
	const char *s = pool_strndup(t->c->pool, w->s + at, n);
	const struct word one = { s, w->at + at, n };

	if (strncmp(s, "raidid=", 7) == 0)
		wrong(t, &one, LEVEL_ERROR,
			"raidid= is of Ubuntu's old installer: devices are wanted, as "
			"/dev/sda1#/dev/sdb1");
	else if (strchr(s, ','))
		wrong(t, &one, LEVEL_ERROR, "%s: devices are separated by #", s);
	else if (strncmp(s, "/dev/", 5) != 0 && strcmp(s, "missing") != 0)
		wrong(t, &one, LEVEL_ERROR,
			"%s is no device: it has its path, as /dev/%s, and # between "
			"two",
			s,
			strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789") == n
				? s
				: "sda1");
}

static void each_device(struct arrays *r, const struct word *w)
{
	for (size_t at = 0; w->s[at];) {
		size_t n = strcspn(w->s + at, "#");

		if (n)
			device(r, w, at, n);
		at += n + (w->s[at + n] == '#');
	}
}

/* Where another array seems to begin among the words of this one, else 0. */
static size_t another(const struct check *c, const struct array *a)
{
	unsigned n;

	for (size_t i = NAMES; i + FILESYSTEM < a->n; i++)
		if (number(a->v[i].s, &n) && number(a->v[i + 1].s, &n) &&
			number(a->v[i + 2].s, &n) && is_filesystem(c, a->v[i + 3].s))
			return i;
	return 0;
}

static void spares(struct arrays *r, const struct array *a)
{
	struct recipe *t = &r->text;
	const struct word *v = a->v, *w = &v[SPARE_NAMES];
	unsigned count, spare;
	size_t named = names(v[NAMES].s);

	if (!number(v[DEVICES].s, &count) || !number(v[SPARES].s, &spare))
		return;
	if (a->n > SPARE_NAMES && (!spare || named < count) && device_names(w->s)) {
		wrong(t, w, LEVEL_ERROR,
			"devices are separated by #; %s is taken for a spare", w->s);
		return;
	}
	if (a->n > SPARE_NAMES)
		each_device(r, w);
	if (named > count || (named < count && strcmp(v[LEVEL].s, "0") == 0))
		wrong(t, &v[NAMES], LEVEL_ERROR,
			"devices: %zu named, but the count says %u", named, count);
	else if (named < count)
		wrong(t, &v[NAMES], LEVEL_WARNING,
			"%zu of %u devices are named: the array begins degraded", named,
			count);
	if (a->n > SPARE_NAMES && names(w->s) > spare)
		wrong(t, w, LEVEL_ERROR,
			"spare devices: %zu named, but the count says %u", names(w->s),
			spare);
	if (a->n > ARGS + 1)
		wrong(t, &v[ARGS + 1], LEVEL_ERROR,
			"%s: arguments of mdadm are separated by #; what follows the "
			"first "
			"blank is lost",
			v[ARGS + 1].s);
}

static bool root_elsewhere(const struct arrays *r, const struct array *except)
{
	for (size_t i = 0; i < r->n; i++)
		if (&r->v[i] != except && r->v[i].n > MOUNTPOINT &&
			strcmp(r->v[i].v[MOUNTPOINT].s, "/") == 0)
			return true;
	return false;
}

static void one(struct arrays *r, const struct array *a)
{
	struct recipe *t = &r->text;
	const struct word *v = a->v;
	size_t next = another(t->c, a);

	if (next) {
		const char *mp = v[MOUNTPOINT].s;
		bool root = strcmp(mp, "/") == 0 || root_elsewhere(r, a);

		wrong(t, &v[LEVEL], LEVEL_ERROR,
			"the array for %s has no . at its end: \"%s %s %s %s %s...\" "
			"are "
			"taken for its spares%s",
			*mp == '/' ? mp : v[FILESYSTEM].s, v[next].s, v[next + 1].s,
			v[next + 2].s, v[next + 3].s,
			next + 4 < a->n ? pool_printf(t->c->pool, "%s ", v[next + 4].s)
					: "",
			root ? "" : "; no array is mounted at /");
		return;
	}
	if (a->n <= MOUNTPOINT || (a->n <= NAMES && !device_names(v[MOUNTPOINT].s))) {
		wrong(t, &v[0], LEVEL_ERROR,
			"an array wants LEVEL COUNT SPARES FILESYSTEM MOUNTPOINT "
			"DEVICE#DEVICE, and a . at its end");
		return;
	}
	if (!numbers(r, a) || !mountpoint(r, a, filesystem(r, a)) || a->n <= NAMES)
		return;
	each_device(r, &v[NAMES]);
	if (!strchr(v[NAMES].s, ',') && strncmp(v[NAMES].s, "raidid=", 7) != 0)
		spares(r, a);
}

/* Two arrays at one mount point, or of one device. */
static void twice(struct arrays *r)
{
	struct recipe *t = &r->text;

	for (size_t i = 0; i < r->n && r->n < 64; i++)
		for (size_t j = 0; j < i; j++) {
			const struct array *a = &r->v[i], *b = &r->v[j];

			if (a->n <= NAMES || b->n <= NAMES)
				continue;
			if (mounts(a->v[FILESYSTEM].s) && mounts(b->v[FILESYSTEM].s) &&
				a->v[MOUNTPOINT].s[0] == '/' &&
				strcmp(a->v[MOUNTPOINT].s, b->v[MOUNTPOINT].s) == 0)
				wrong(t, &a->v[MOUNTPOINT], LEVEL_ERROR,
					"%s is mounted twice", a->v[MOUNTPOINT].s);
			if (strcmp(a->v[NAMES].s, b->v[NAMES].s) == 0)
				wrong(t, &a->v[NAMES], LEVEL_ERROR,
					"%s: another array has these devices already",
					a->v[NAMES].s);
		}
}

void arrays_read(struct arrays *r, struct check *c, const struct answer *a, bool tell)
{
	*r = (struct arrays){ .text = { .c = c, .a = a, .tell = tell } };
	split(r);
	for (size_t i = 0; i < r->n; i++) {
		const struct array *v = &r->v[i];

		one(r, v);
		if (v->n <= MOUNTPOINT)
			continue;
		r->root |= mounts(v->v[FILESYSTEM].s) &&
			   strcmp(v->v[MOUNTPOINT].s, "/") == 0;
		r->swap |= strcmp(v->v[FILESYSTEM].s, "swap") == 0;
		r->lvm |= strstr(v->v[FILESYSTEM].s, "lvm") != NULL;
	}
	twice(r);
}
