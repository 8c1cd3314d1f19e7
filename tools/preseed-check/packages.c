// SPDX-License-Identifier: MIT
/* packages.c - packages and tasks that the suite has not. */
#include "check.h"
#include "nearest.h"

#include <string.h>

/* The first of the suite's packages that begins with that character or a later one. */
static size_t first_with(const struct check *c, int initial)
{
	size_t lo = 0, hi = c->index->packages;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const char *p =
			qindex_text(c->index, c->index->package[mid] & ~QINDEX_DEBCONF);

		if ((unsigned char)p[0] < initial)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* A slip of the pen: one in four characters, and three at most. */
static const char *near_package(struct check *c, const char *name)
{
	const char *best = NULL;
	size_t len = strlen(name);
	unsigned least = len < 4 ? 0 : len / 4 < 3 ? (unsigned)len / 4 + 1 : 3;
	size_t end = first_with(c, (unsigned char)name[0] + 1);

	if (c->suggested++ > SUGGESTIONS)
		return NULL;
	for (size_t i = first_with(c, (unsigned char)name[0]); i < end && least; i++) {
		const char *p =
			qindex_text(c->index, c->index->package[i] & ~QINDEX_DEBCONF);
		size_t n = strlen(p);
		unsigned d;

		if (n + 2 < len || n > len + 2)
			continue;
		d = edit_distance(p, name);
		if (d < least) {
			least = d;
			best = p;
		}
	}
	return best;
}

bool more_archives(const struct check *c)
{
	for (size_t i = 0; i < c->file->n; i++) {
		const char *q = c->file->v[i].question.s, *last = strrchr(q, '/');

		if (strncmp(q, "apt-setup/local", 15) == 0 && last &&
			strcmp(last, "/repository") == 0)
			return true;
	}
	return false;
}

static bool turned_on(struct check *c, const char *component)
{
	const char *said =
		value_said(c, pool_printf(c->pool, "apt-setup/%s", component));

	return said && strcmp(said, "true") == 0;
}

/* A package that main has not. */
static void elsewhere(struct check *c, const struct answer *a, size_t at, size_t len,
	const char *name)
{
	const char *component = qindex_outside(c->index, name), *near;
	bool others = turned_on(c, "contrib") || turned_on(c, "non-free") ||
		      turned_on(c, "non-free-firmware");
	bool unknown = others && !c->index->outsides;

	if (component && turned_on(c, component))
		return;
	if (component) {
		found(c, a, at, len, c->archives ? LEVEL_NOTE : LEVEL_ERROR, R_PACKAGE,
			"%s is of %s's %s, which is not turned on (d-i apt-setup/%s "
			"boolean true)",
			name, c->release, component, component);
		return;
	}
	near = near_package(c, name);
	if (c->archives)
		found(c, a, at, len, LEVEL_NOTE, R_PACKAGE,
			"%s is not of %s's main archive; another that the file adds "
			"must have it%s%s%s",
			name, c->release, near ? "; did you mean " : "",
			near ? near : "", near ? "?" : "");
	else
		found(c, a, at, len, unknown && !near ? LEVEL_WARNING : LEVEL_ERROR,
			R_PACKAGE, "%s: %s has no such package%s%s%s%s", name,
			c->release,
			unknown	 ? " in main, and what is in the other components is "
				   "not known here"
			: others ? ", and none of the components turned on has it"
				 : "",
			near ? "; did you mean " : "", near ? near : "",
			near ? "?" : "");
}

static void package(struct check *c, const struct answer *a, size_t at, size_t len)
{
	/* NAME, NAME=VERSION, NAME/SUITE, NAME:ARCH, NAME+, NAME-, TASK^ */
	size_t n = 0;
	const char *name;

	while (n < len && !strchr("=/:^~", a->text[at + n]))
		n++;
	name = pool_strndup(c->pool, a->text + at, n);
	if (n < len && strchr("^~", a->text[at + n]))
		return;
	if (!n || strpbrk(name, "$`{}*?\"'") || qindex_package(c->index, name, NULL))
		return;
	if (n > 1 && strchr("+-", name[n - 1]) &&
		qindex_package(c->index, pool_strndup(c->pool, name, n - 1), NULL))
		return;
	elsewhere(c, a, at, len, name);
}

static void task(struct check *c, const struct answer *a, size_t at, size_t len)
{
	const char *name = pool_strndup(c->pool, a->text + at, len);
	const char *near, *of = pool_printf(c->pool, "task-%s", name);

	if (!len || strcmp(name, "standard") == 0 || strpbrk(name, "$`\"'") ||
		qindex_package(c->index, of, NULL))
		return;
	near = near_package(c, of);
	if (near && strncmp(near, "task-", 5) != 0)
		near = NULL;
	found(c, a, at, len, LEVEL_ERROR, R_TASK, "%s: %s has no such task%s%s%s", name,
		c->release, near ? "; did you mean " : "", near ? near + 5 : "",
		near ? "?" : "");
}

/*
 * Up to one of the characters between two words. pkgsel/include is handed to a shell,
 * so that $(uname -r) and `uname -r` are part of a word, blanks and all.
 */
struct ends {
	const char *parenthesis, *backquote; /* the last of each, or NULL */
};

static size_t word_length(const char *s, const char *between, struct ends last)
{
	size_t n = 0;

	while (s[n] && !strchr(between, s[n])) {
		const char *p = s + n;

		if (*p == '`' && p < last.backquote)
			p = strchr(p + 1, '`');
		else if (*p == '$' && p[1] == '(' && p < last.parenthesis)
			p = strchr(p, ')');
		n = (size_t)(p - s) + 1;
	}
	return n;
}

static void each(struct check *c, const struct answer *a, const char *between,
	void (*one)(struct check *c, const struct answer *a, size_t at, size_t len))
{
	const char *v = a->value.s;
	const struct ends last = { strrchr(v, ')'), strrchr(v, '`') };

	for (size_t at = 0; v[at];) {
		size_t n = word_length(v + at, between, last);

		while (n && v[at + n - 1] == ' ')
			n--;
		if (n)
			one(c, a, a->value.at + at, n);
		at += n;
		at += strspn(v + at, between);
		at += strspn(v + at, " ");
	}
}

void check_packages(struct check *c, const struct answer *a)
{
	if (c->index->packages == 0 || a->seen || marked(c, a))
		return;
	if (strcmp(a->question.s, "pkgsel/include") == 0)
		each(c, a, " ,\t", package);
	else if (strcmp(a->question.s, "tasksel/first") == 0)
		each(c, a, ",", task);
	else if (strcmp(a->question.s, "base-installer/kernel/image") == 0 &&
		 strcmp(a->value.s, "none") != 0)
		each(c, a, " ", package);
}
