// SPDX-License-Identifier: MIT
/* templates.c - debconf's templates, as packages carry them. */
#include "gather.h"
#include "stanza.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_LOCAL = 20 };

static const char blank[] = " \t\n";

/* One choice from s on, without the backslashes; s moves behind its comma. */
static void choice(const char **s, const char *end, FILE *f, bool *variable)
{
	const char *p = *s, *last;

	while (p < end && strchr(blank, *p))
		p++;
	*variable = false;
	last = p;
	for (const char *q = p; q < end && *q != ','; q += 1 + (*q == '\\')) {
		if (*q == '$' && q + 1 < end && q[1] == '{')
			*variable = true;
		if (!strchr(blank, *q) || (*q == '\\' && q + 1 < end))
			last = q + 1 + (*q == '\\' && q + 1 < end);
	}
	if (last > end)
		last = end;
	for (; p < last; p++) {
		if (*p == '\\' && p + 1 < last)
			p++;
		if (!*variable)
			fputc(strchr("\n\t", *p) && *p ? ' ' : *p, f);
	}
	while (p < end && *p != ',')
		p++;
	*s = p < end ? p + 1 : end;
}

char *choices_split(struct pool *p, const char *text, size_t len, bool *dynamic)
{
	const char *s = text, *end = text + len;
	struct text t;
	FILE *f = text_open(&t);

	*dynamic = false;
	while (s < end) {
		bool variable;
		long before = ftell(f);

		choice(&s, end, f, &variable);
		*dynamic |= variable;
		if (!variable && ftell(f) > before)
			fputc('\n', f);
	}
	return text_close(&t, p);
}

/* The fields of one template. */
struct template
{
	const char *name, *value, *choices, *choices_c, *title;
	enum qtype type;
	bool dynamic, dynamic_c;
	struct names local; /* Choices of other languages */
};

static size_t lines(const char *s)
{
	size_t n = 0;

	for (; (s = strchr(s, '\n')); s++)
		n++;
	return n;
}

/* "C<TAB>TEXT" of each choice that the other list calls something else. */
static void pair(FILE *f, const char *c, const char *other)
{
	if (lines(c) != lines(other))
		return;
	while (*c) {
		size_t n = strcspn(c, "\n"), m = strcspn(other, "\n");

		if (n != m || memcmp(c, other, n) != 0)
			fprintf(f, "%.*s\t%.*s\n", (int)n, c, (int)m, other);
		c += n + 1;
		other += m + 1;
	}
}

static const char *all_shown(struct gather *g, const struct template *t, const char *c)
{
	struct text text;
	FILE *f = text_open(&text);

	if (t->choices_c && t->choices)
		pair(f, c, t->choices);
	/* lists of all countries or keymaps in 70 languages would be half the index */
	for (size_t i = 0; lines(c) <= MAX_LOCAL && i < t->local.n; i++)
		pair(f, c, t->local.v[i]);
	return text_close(&text, g->pool);
}

static void take(struct gather *g, const struct source *s, const struct template *t)
{
	const char *c = t->choices_c ? t->choices_c : t->choices ? t->choices : "";
	bool dynamic = t->choices_c ? t->dynamic_c : t->dynamic;
	struct question *q = gather_find(g, t->name);
	bool known = q && q->type != QT_ANY;

	if (!q)
		q = gather_add(g, t->name);
	if (s->udeb && !*q->udeb)
		q->udeb = s->package;
	else if (!s->udeb && !*q->deb)
		q->deb = s->package;
	if (known) {
		/* two packages, two lists: either may be there */
		if (strcmp(q->choices, c) != 0)
			q->flags |= QF_DYNAMIC;
		return;
	}
	q->type = t->type;
	q->value = t->value ? t->value : "";
	q->choices = c;
	q->title = t->title;
	q->flags |= dynamic ? QF_DYNAMIC : 0;
	if (!dynamic && *c)
		q->shown = all_shown(g, t, c);
}

static void field(struct gather *g, struct template *t, const struct field *f)
{
	size_t len = (size_t)(f->end - f->value);
	bool ignored;

	if (field_is(f, "Template"))
		t->name = pool_strndup(g->pool, f->value, f->valuelen);
	else if (field_is(f, "Type"))
		t->type = qtype_find(f->value, f->valuelen);
	else if (field_is(f, "Default"))
		t->value = pool_strndup(g->pool, f->value, f->valuelen);
	else if (field_is(f, "Description"))
		t->title = pool_strndup(g->pool, f->value, f->valuelen);
	else if (field_is(f, "Choices"))
		t->choices = choices_split(g->pool, f->value, len, &t->dynamic);
	else if (field_is(f, "Choices-C"))
		t->choices_c = choices_split(g->pool, f->value, len, &t->dynamic_c);
	else if (f->namelen > 8 && strncasecmp(f->name, "Choices-", 8) == 0)
		gather_name(&t->local, choices_split(g->pool, f->value, len, &ignored));
}

static void finish(struct gather *g, const struct source *s, struct template *t)
{
	if (t->type >= QT_COUNT)
		t->type = QT_OTHER;
	if (t->name && *t->name)
		take(g, s, t);
	free((void *)t->local.v);
	*t = (struct template){ 0 };
}

/* A line that is no field but begins with # says something to people. */
static bool comment(const char **p, const char *end, int r)
{
	const char *nl;

	if (r != -EBADMSG || **p != '#')
		return false;
	nl = memchr(*p, '\n', (size_t)(end - *p));
	*p = nl ? nl + 1 : end;
	return true;
}

int templates_read(struct gather *g, const struct source *s, const char *text,
	size_t len, unsigned *line)
{
	const char *p = text, *end = text + len;
	struct template t = { 0 };
	struct field f;
	int r;

	while ((r = field_next(&p, end, &f)) >= 0 || comment(&p, end, r))
		if (r == 0)
			finish(g, s, &t);
		else if (r > 0)
			field(g, &t, &f);
	finish(g, s, &t);
	*line = line_of(text, p);
	return r == -ENOENT ? 0 : r;
}
