// SPDX-License-Identifier: MIT
#include "judge.h"
#include "version.h"

#include <stdlib.h>
#include <string.h>

static struct finding *add(
	struct findings *f, const struct appliance *a, enum kind kind)
{
	f->list = grow(f->list, f->n, &f->room, sizeof(*f->list));
	f->list[f->n] = (struct finding){ .appliance = a, .kind = kind };
	return &f->list[f->n++];
}

static void judge_package(struct findings *f, const struct offers *o,
	const struct names *packages, const struct appliance *a,
	const struct installed *i)
{
	struct offer has = { 0 };
	struct finding *new;
	bool security;
	int r;

	if (!i->foreign)
		has = offers_get(o, a, i->name);
	if (!has.list) {
		f->unknown++;
		return;
	}
	r = version_cmp(has.version, i->version);
	security = has.security_list && version_cmp(has.security, i->version) > 0;
	if (r == 0)
		return;
	/* one of a lower priority is not what would be installed */
	security = security && r > 0;
	new = add(f, a, security ? SECURITY : r > 0 ? UPDATE : WITHDRAWN);
	new->package = packages->list[i->name];
	new->installed = i->version;
	new->candidate = has.version;
	new->origin = security ? has.security_list->origin : has.list->origin;
}

static bool is_now(const struct plan *p, const struct input *in)
{
	return names_find(&p->now, in->line) != NAME_NONE;
}

static bool has_input(const struct built *b, struct slice kind, struct slice name)
{
	for (size_t i = 0; i < b->inputs; i++) {
		const struct input *in = &b->input[i];

		if (in->kind.n == kind.n && memcmp(in->kind.s, kind.s, kind.n) == 0 &&
			in->name.n == name.n && memcmp(in->name.s, name.s, name.n) == 0)
			return true;
	}
	return false;
}

/*
 * Fragments and settings are all appliances', so that one that was not there is a
 * change, too: the next of these from *at on.
 */
static bool next_new(
	const struct plan *p, const struct built *b, size_t *at, struct input *in)
{
	while (*at < p->now_named.n)
		if (slice_split(
			    p->now_named.list[(*at)++], ' ', &in->kind, &in->name) &&
			(slice_is(in->kind, "fragment") ||
				slice_is(in->kind, "setting")) &&
			!has_input(b, in->kind, in->name))
			return true;
	return false;
}

/*
 * A recipe that is another one, and whose answers have come out as they were: then all
 * that they were compiled of is as it is now.
 */
static bool same_answers(const struct plan *p, const struct appliance *a,
	const struct built *b, const struct built *compiled)
{
	struct input in;
	size_t at = 0;

	if (compiled->inputs == 0 || a->answers.n == 0 ||
		a->answers.n != b->answers.n ||
		memcmp(a->answers.s, b->answers.s, a->answers.n) != 0)
		return false;
	for (size_t i = 0; i < compiled->inputs; i++)
		if (!is_now(p, &compiled->input[i]))
			return false;
	return !next_new(p, compiled, &at, &in);
}

/* What goes into the installer itself, and into no answer. */
static bool of_installer(struct slice kind)
{
	return slice_is(kind, "kit") || slice_is(kind, "installer");
}

static void add_changed(
	struct findings *f, const struct appliance *a, const struct input *in)
{
	struct finding *new = add(f, a, CHANGED);

	new->what = in->kind;
	new->which = in->name;
}

void judge(struct findings *f, const struct plan *p, const struct offers *o,
	const struct names *packages, const struct appliance *a, const struct built *b,
	const struct built *compiled)
{
	bool same = same_answers(p, a, b, compiled);
	struct input in;

	for (size_t i = 0; i < b->packages; i++)
		judge_package(f, o, packages, a, &b->package[i]);
	for (size_t i = 0; i < b->inputs; i++)
		if (!is_now(p, &b->input[i]) &&
			!(same && !of_installer(b->input[i].kind)))
			add_changed(f, a, &b->input[i]);
	/* a manifest without any is of a time before there were such lines */
	for (size_t at = 0; b->inputs && !same && next_new(p, b, &at, &in);)
		add_changed(f, a, &in);
}

static int slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n ? memcmp(a.s, b.s, n) : 0;

	return r ? r : (a.n > b.n) - (a.n < b.n);
}

static int by_order(const void *va, const void *vb)
{
	const struct finding *a = va, *b = vb;
	int r = (a->kind != SECURITY) - (b->kind != SECURITY);

	if (r == 0)
		r = slice_cmp(a->appliance->name, b->appliance->name);
	if (r == 0)
		r = (a->kind == CHANGED) - (b->kind == CHANGED);
	if (r == 0)
		r = slice_cmp(a->package, b->package);
	if (r == 0)
		r = slice_cmp(a->what, b->what);
	return r ? r : slice_cmp(a->which, b->which);
}

void findings_sort(struct findings *f)
{
	if (f->n)
		qsort(f->list, f->n, sizeof(*f->list), by_order);
}

void findings_end(struct findings *f)
{
	free(f->list);
}
