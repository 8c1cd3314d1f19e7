/* packages.c - packages and tasks that the suite has not. */
#include "check.h"
#include "nearest.h"

#include <string.h>

static const char *near_package(const struct check *c, const char *name)
{
	const char *best = NULL;
	unsigned least = 3;
	size_t len = strlen(name);

	for (size_t i = 0; i < c->index->packages; i++) {
		const char *p =
			qindex_text(c->index, c->index->package[i] & ~QINDEX_DEBCONF);
		size_t n = strlen(p);
		unsigned d;

		if (n + 2 < len || n > len + 2 || p[0] != name[0])
			continue;
		d = edit_distance(p, name);
		if (d < least && near_enough(name, d)) {
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

static bool component(const struct check *c, const char *question)
{
	const struct answer *a = answer_find(c, question);

	return a && strcmp(a->value.s, "true") == 0;
}

static void package(struct check *c, const struct answer *a, size_t at, size_t len)
{
	/* NAME, NAME=VERSION, NAME/SUITE, NAME:ARCH, NAME+, NAME-, TASK^ */
	size_t n = 0;
	const char *name, *near;
	bool elsewhere = more_archives(c) || component(c, "apt-setup/contrib") ||
			 component(c, "apt-setup/non-free") ||
			 component(c, "apt-setup/non-free-firmware");

	while (n < len && !strchr("=/:^~", a->text[at + n]))
		n++;
	name = pool_strndup(c->pool, a->text + at, n);
	if (n < len && strchr("^~", a->text[at + n]))
		return;
	if (!n || strpbrk(name, "$`{}*?") || qindex_package(c->index, name, NULL))
		return;
	if (n > 1 && strchr("+-", name[n - 1]) &&
		qindex_package(c->index, pool_strndup(c->pool, name, n - 1), NULL))
		return;
	near = len > 3 ? near_package(c, name) : NULL;
	found(c, a, at, len, elsewhere ? LEVEL_NOTE : LEVEL_ERROR, R_PACKAGE,
		elsewhere ? "%s%s is not of %s's main archive; another that the file "
			    "adds must have it%s%s%s"
			  : "%s%s: %s has no such package%s%s%s",
		"", name, c->release, near ? "; did you mean " : "", near ? near : "",
		near ? "?" : "");
}

static void task(struct check *c, const struct answer *a, size_t at, size_t len)
{
	const char *name = pool_strndup(c->pool, a->text + at, len);
	const char *near, *of = pool_printf(c->pool, "task-%s", name);

	if (!len || strcmp(name, "standard") == 0 || strpbrk(name, "$`") ||
		qindex_package(c->index, of, NULL))
		return;
	near = near_package(c, of);
	if (near && strncmp(near, "task-", 5) != 0)
		near = NULL;
	found(c, a, at, len, LEVEL_ERROR, R_TASK, "%s: %s has no such task%s%s%s", name,
		c->release, near ? "; did you mean " : "", near ? near + 5 : "",
		near ? "?" : "");
}

static void each(struct check *c, const struct answer *a, const char *between,
	void (*one)(struct check *c, const struct answer *a, size_t at, size_t len))
{
	const char *v = a->value.s;

	for (size_t at = 0; v[at];) {
		size_t n = strcspn(v + at, between);

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
	if (c->index->packages == 0 || a->seen)
		return;
	if (strcmp(a->question.s, "pkgsel/include") == 0)
		each(c, a, " ,\t", package);
	else if (strcmp(a->question.s, "tasksel/first") == 0)
		each(c, a, ",", task);
	else if (strcmp(a->question.s, "base-installer/kernel/image") == 0 &&
		 strcmp(a->value.s, "none") != 0)
		each(c, a, " ", package);
}
