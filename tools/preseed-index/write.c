// SPDX-License-Identifier: MIT
/* write.c - the index as a file. */
#include "gather.h"

#include "atomicfile.h"
#include "cleanup.h"

#include <errno.h>
#include <search.h>
#include <string.h>

/* Each string once. */
struct texts {
	struct text t;
	FILE *f;
	void *known; /* of tsearch(3) */
	struct pool *pool;
	uint32_t next;
};

struct known {
	const char *s;
	uint32_t at;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct known *)a)->s, ((const struct known *)b)->s);
}

static uint32_t text(struct texts *t, const char *s)
{
	const struct known key = { s, 0 };
	struct known *k;
	void *slot;

	if (!s || !*s)
		return 0;
	slot = tfind(&key, &t->known, by_text);
	if (slot)
		return (*(struct known **)slot)->at;
	k = pool_alloc(t->pool, sizeof(*k));
	*k = (struct known){ s, t->next };
	if (!tsearch(k, &t->known, by_text))
		abort();
	fwrite(s, 1, strlen(s) + 1, t->f);
	t->next += (uint32_t)strlen(s) + 1;
	return k->at;
}

static void put_names(
	struct texts *t, const struct names *list, const struct names *marked, FILE *f)
{
	for (size_t i = 0; i < list->n; i++) {
		uint32_t at = text(t, list->v[i]);

		if (marked && names_have(marked, list->v[i]))
			at |= QINDEX_DEBCONF;
		fwrite(&at, sizeof(at), 1, f);
	}
}

static void put_pairs(struct texts *t, const struct pairs *list, FILE *f)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct qindex_pair out = { text(t, list->v[i].name),
			text(t, list->v[i].value) };

		fwrite(&out, sizeof(out), 1, f);
	}
}

static void put_question(struct texts *t, const struct question *q, FILE *f)
{
	const struct qindex_question out = { .name = text(t, q->name),
		.udeb = text(t, q->udeb),
		.deb = text(t, q->deb),
		.value = text(t, q->value),
		.choices = text(t, q->choices),
		.shown = text(t, q->shown),
		.asker = text(t, q->asker),
		.title = text(t, q->title),
		.type = (uint8_t)q->type,
		.priority = (uint8_t)q->priority,
		.flags = (uint8_t)q->flags };

	fwrite(&out, sizeof(out), 1, f);
}

/* What was looked for, less what has been read after all. */
static void unseen(struct gather *g)
{
	size_t n = 0;

	names_sort(&g->seen);
	for (size_t i = 0; i < g->unseen.n; i++)
		if (!names_have(&g->seen, g->unseen.v[i]))
			g->unseen.v[n++] = g->unseen.v[i];
	g->unseen.n = n;
	names_sort(&g->unseen);
}

static struct qindex_table next_table(uint32_t *at, size_t n, size_t item)
{
	struct qindex_table t = { *at, (uint32_t)n };

	*at += (uint32_t)(n * item);
	return t;
}

static void nothing(void *p)
{
	(void)p;
}

int index_write(struct gather *g, const struct release *r, const char *path)
{
	_cleanup_(atomic_drop) struct atomicfile out = { 0 };
	struct qindex_header h = { .magic = QINDEX_MAGIC, .order = QINDEX_ORDER };
	struct texts t = { .pool = g->pool, .next = 1 };
	struct text body;
	struct question **list;
	size_t n;
	uint32_t at = sizeof(h);
	FILE *f = text_open(&body);
	const char *tables, *texts;
	int err;

	t.f = text_open(&t.t);
	fputc('\0', t.f);
	unseen(g);
	names_sort(&g->pattern);
	names_sort(&g->package);
	names_sort(&g->debconf);
	names_sort(&g->locale);
	names_sort(&g->language);
	names_sort(&g->user);
	pairs_sort(&g->zone);
	pairs_sort(&g->outside);
	list = gather_list(g, &n);
	h.suite = text(&t, r->suite);
	h.number = text(&t, r->number);
	h.alias = text(&t, r->alias);
	h.arch = text(&t, r->arch);
	for (size_t i = 0; i < n; i++)
		put_question(&t, list[i], f);
	h.question = next_table(&at, n, sizeof(struct qindex_question));
	put_names(&t, &g->pattern, NULL, f);
	h.pattern = next_table(&at, g->pattern.n, sizeof(uint32_t));
	put_names(&t, &g->package, &g->debconf, f);
	h.package = next_table(&at, g->package.n, sizeof(uint32_t));
	put_names(&t, &g->unseen, NULL, f);
	h.unseen = next_table(&at, g->unseen.n, sizeof(uint32_t));
	put_names(&t, &g->locale, NULL, f);
	h.locale = next_table(&at, g->locale.n, sizeof(uint32_t));
	put_names(&t, &g->language, NULL, f);
	h.language = next_table(&at, g->language.n, sizeof(uint32_t));
	put_names(&t, &g->user, NULL, f);
	h.user = next_table(&at, g->user.n, sizeof(uint32_t));
	put_pairs(&t, &g->zone, f);
	h.zone = next_table(&at, g->zone.n, sizeof(struct qindex_pair));
	put_pairs(&t, &g->outside, f);
	h.outside = next_table(&at, g->outside.n, sizeof(struct qindex_pair));
	h.text = next_table(&at, t.next, 1);
	h.size = at;
	tables = text_close(&body, g->pool);
	texts = text_close(&t.t, g->pool);
	free((void *)list);
	tdestroy(t.known, nothing);

	err = atomic_open(&out, path);
	if (err < 0)
		return err;
	fwrite(&h, sizeof(h), 1, out.f);
	fwrite(tables, 1, h.text.at - sizeof(h), out.f);
	fwrite(texts, 1, h.text.count, out.f);
	return atomic_commit(&out);
}
