// SPDX-License-Identifier: MIT
/* gather.c - questions by name, and what scripts have to do with them. */
#include "gather.h"

#include <fnmatch.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
	const struct question *x = a, *y = b;

	return strcmp(x->name, y->name);
}

struct question *gather_find(const struct gather *g, const char *name)
{
	const struct question key = { .name = name };
	void *slot = tfind(&key, &g->questions, by_name);

	return slot ? *(struct question **)slot : NULL;
}

struct question *gather_add(struct gather *g, const char *name)
{
	struct question *q = pool_alloc(g->pool, sizeof(*q));

	*q = (struct question){ .name = name,
		.udeb = "",
		.deb = "",
		.value = "",
		.choices = "",
		.shown = "",
		.asker = "",
		.title = "" };
	if (!tsearch(q, &g->questions, by_name))
		abort();
	return q;
}

void gather_name(struct names *list, const char *name)
{
	list->v = grow(list->v, list->n, &list->room, sizeof(*list->v));
	list->v[list->n++] = name;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void names_sort(struct names *list)
{
	size_t n = 0;

	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), by_text);
	for (size_t i = 0; i < list->n; i++)
		if (n == 0 || strcmp(list->v[i], list->v[n - 1]) != 0)
			list->v[n++] = list->v[i];
	list->n = n;
}

void gather_pair(struct pairs *list, const char *name, const char *value)
{
	list->v = grow(list->v, list->n, &list->room, sizeof(*list->v));
	list->v[list->n++] = (struct pair){ name, value };
}

static int by_pair(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : strcmp(x->value, y->value);
}

void pairs_sort(struct pairs *list)
{
	size_t n = 0;

	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), by_pair);
	for (size_t i = 0; i < list->n; i++)
		if (n == 0 || strcmp(list->v[i].name, list->v[n - 1].name) != 0)
			list->v[n++] = list->v[i];
	list->n = n;
}

bool names_have(const struct names *list, const char *name)
{
	return list->n &&
	       bsearch(&name, list->v, list->n, sizeof(*list->v), by_text) != NULL;
}

struct listing {
	struct question **v;
	size_t n, room;
};

static void put(const void *slot, VISIT which, void *closure)
{
	struct listing *l = closure;

	if (which != postorder && which != leaf)
		return;
	l->v = grow(l->v, l->n, &l->room, sizeof(struct question *));
	l->v[l->n++] = *(struct question *const *)slot;
}

struct question **gather_list(const struct gather *g, size_t *n)
{
	struct listing l = { 0 };

	l.v = grow(NULL, 0, &l.room, sizeof(struct question *));
	twalk_r(g->questions, put, &l);
	*n = l.n;
	return l.v;
}

/* A question made by a script: of a template, or one that only scripts know. */
static void registered(struct gather *g, const struct mention *m)
{
	const struct question *t = m->from ? gather_find(g, m->from) : NULL;
	struct question *q;

	if (gather_find(g, m->name))
		return;
	q = gather_add(g, m->name);
	q->udeb = m->package;
	/* cdebconf's own dummy says nothing about those made of it */
	if (t && t->type != QT_TEXT && t->type != QT_NOTE &&
		strcmp(t->name, "debian-installer/dummy") != 0) {
		q->value = t->value;
		q->choices = t->choices;
		q->shown = t->shown;
		q->type = t->type;
		q->flags = t->flags;
	}
}

static void asked(struct gather *g, const struct mention *m)
{
	struct question *q = gather_find(g, m->name);

	if (q && m->priority > q->priority) {
		q->priority = m->priority;
		q->asker = m->package;
	}
}

/* Worth keeping: a fixed beginning and end, and no template of such a name. */
static bool pattern_ok(struct question *const *all, size_t n, const char *name)
{
	const char *first = strchr(name, '/'), *last = strrchr(name, '/');
	bool ok = true;

	if (!first || memchr(name, '*', (size_t)(first - name)) || strchr(last, '*') ||
		!last[1])
		return false;
	for (size_t i = 0; ok && i < n; i++)
		ok = all[i]->type == QT_ANY ||
		     fnmatch(name, all[i]->name, FNM_PATHNAME) != 0;
	return ok;
}

static bool same_beginning(
	struct question *const *all, size_t n, const struct mention *m)
{
	size_t len = strcspn(m->name, "/") + 1;

	for (size_t i = 0; i < n; i++)
		if (all[i]->type != QT_ANY && strcmp(all[i]->udeb, m->package) == 0 &&
			strncmp(all[i]->name, m->name, len) == 0)
			return true;
	return false;
}

/* A program may read it. */
static void in_program(struct gather *g, struct question *const *all, size_t n,
	const struct mention *m)
{
	if (m->what != SAID_PROGRAM || !same_beginning(all, n, m))
		return;
	registered(g, m);
	gather_find(g, m->name)->flags |= QF_READ;
}

void gather_settle(struct gather *g)
{
	struct question **all;
	size_t n;

	/* questions first, then who asks them, then what is only read */
	for (size_t i = 0; i < g->mentions; i++)
		if (g->mention[i].what == SAID_REGISTER &&
			!strchr(g->mention[i].name, '*'))
			registered(g, &g->mention[i]);
	for (size_t i = 0; i < g->mentions; i++)
		if (g->mention[i].what == SAID_INPUT)
			asked(g, &g->mention[i]);
	for (size_t i = 0; i < g->mentions; i++)
		if (g->mention[i].reads && g->mention[i].what == SAID_GET &&
			!strchr(g->mention[i].name, '*')) {
			registered(g, &g->mention[i]);
			gather_find(g, g->mention[i].name)->flags |= QF_READ;
		}
	all = gather_list(g, &n);
	for (size_t i = 0; i < g->mentions; i++)
		if (g->mention[i].reads && g->mention[i].what != SAID_INPUT &&
			g->mention[i].what != SAID_PROGRAM &&
			strchr(g->mention[i].name, '*') &&
			pattern_ok(all, n, g->mention[i].name))
			gather_name(&g->pattern, g->mention[i].name);
	for (size_t i = 0; i < g->mentions; i++)
		in_program(g, all, n, &g->mention[i]);
	free((void *)all);
}

static void nothing(void *p)
{
	(void)p;
}

void gather_free(struct gather *g)
{
	tdestroy(g->questions, nothing);
	free(g->mention);
	free((void *)g->pattern.v);
	free((void *)g->package.v);
	free((void *)g->debconf.v);
	free((void *)g->unseen.v);
	free((void *)g->seen.v);
	free((void *)g->locale.v);
	free((void *)g->language.v);
	free((void *)g->user.v);
	free(g->zone.v);
	free(g->outside.v);
	memset(g, 0, sizeof(*g));
}
