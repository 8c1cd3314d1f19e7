// SPDX-License-Identifier: MIT
/* indexes.c - finds the index of a release, and those of the others. */
#include "indexes.h"
#include "beside.h"
#include "cleanup.h"
#include "diag.h"
#include "platform.h"

#include <glob.h>
#include <stdbool.h>
#include <string.h>
#include <sys/utsname.h>

static int add(struct indexes *x, const char *path)
{
	struct qindex *v = reallocarray(x->v, x->n + 1, sizeof(*v));
	int r;

	if (!v)
		return -ENOMEM;
	x->v = v;
	r = qindex_open(&v[x->n], path);
	if (r == 0)
		x->n++;
	return r;
}

static void add_all(struct indexes *x, const char *dir, const char *below)
{
	_cleanup_free_ char *pattern = NULL;
	glob_t g = { 0 };

	if (!dir || asprintf(&pattern, "%s%s/templates/*.index", dir, below) < 0) {
		pattern = NULL;
		return;
	}
	/* one that is damaged, or of another version, is none */
	if (glob(pattern, 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++)
			add(x, g.gl_pathv[i]);
	globfree(&g);
}

static void installed(struct indexes *x)
{
	_cleanup_free_ char *dir = beside_dir();

	add_all(x, dir, "/../share/seedbed");
}

static void find_all(struct indexes *x)
{
	const char *cache = getenv("SEEDBED_CACHE"), *xdg = getenv("XDG_CACHE_HOME");

	if (cache && *cache) {
		add_all(x, cache, "");
		return;
	}
	if (xdg && *xdg)
		add_all(x, xdg, "/seedbed");
	else
		add_all(x, getenv("HOME"), "/.cache/seedbed");
	add_all(x, "/var/cache/seedbed", "");
	installed(x);
}

static bool is_release(const struct qindex *x, const char *name)
{
	return strcmp(qindex_text(x, x->h->suite), name) == 0 ||
	       strcmp(qindex_text(x, x->h->number), name) == 0 ||
	       strcmp(qindex_text(x, x->h->alias), name) == 0;
}

static const char *this_machine(struct utsname *u)
{
	const struct platform *p;

	uname(u);
	p = platform_find(u->machine);
	return p ? p->name : u->machine;
}

static const char *suite(const struct qindex *x)
{
	return qindex_text(x, x->h->suite);
}

/*
 * Puts the one chosen first; of the others each release stays once. The same release
 * for another architecture fills its holes, where it has any.
 */
static void others(struct indexes *x, size_t chosen)
{
	struct qindex first = x->v[chosen];
	size_t n = 1;

	x->v[chosen] = x->v[0];
	x->v[0] = first;
	for (size_t i = 1; i < x->n; i++) {
		bool same = strcmp(suite(&x->v[i]), suite(&first)) == 0;
		bool here = strcmp(qindex_text(&x->v[i], x->v[i].h->arch),
				    qindex_text(&first, first.h->arch)) == 0;
		bool again = same ? here || first.unseens == 0 : !here;

		for (size_t j = 1; !again && j < n; j++)
			again = strcmp(suite(&x->v[j]), suite(&x->v[i])) == 0;
		if (again)
			qindex_close(&x->v[i]);
		else
			x->v[n++] = x->v[i];
	}
	x->n = n;
}

int indexes_open(
	struct indexes *x, const char *path, const char *release, const char *arch)
{
	struct utsname u;
	size_t i = 0;
	int r;

	if (path) {
		r = add(x, path);
		if (r == -EBADMSG)
			diag("%s: not an index of preseed-index, or of another version",
				path);
		else if (r < 0)
			diag_errno(-r, "%s", path);
		return r;
	}
	if (!release)
		release = "stable";
	if (!arch)
		arch = this_machine(&u);
	find_all(x);
	while (i < x->n && (strcmp(qindex_text(&x->v[i], x->v[i].h->arch), arch) != 0 ||
				   !is_release(&x->v[i], release)))
		i++;
	if (i == x->n) {
		diag("%s, %s: no index of its questions is here (make templates, or "
		     "preseed-index(1), makes one)",
			release, arch);
		return -ENOENT;
	}
	others(x, i);
	return 0;
}

void indexes_close(struct indexes *x)
{
	for (size_t i = 0; i < x->n; i++)
		qindex_close(&x->v[i]);
	free(x->v);
	*x = (struct indexes){ 0 };
}
