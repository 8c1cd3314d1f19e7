// SPDX-License-Identifier: MIT
#include "lists.h"
#include "stanza.h"
#include "version.h"

#include <errno.h>
#include <string.h>

void offers_begin(struct offers *o, const struct plan *p, size_t packages)
{
	*o = (struct offers){ .packages = packages };
	for (size_t i = 0; i < p->sets.n; i++)
		o->set[i] = pool_alloc(&o->pool, packages * sizeof(*o->set[i]));
}

/* The first of several that are the same stays, unless the other is for security. */
static bool better(struct slice now, const struct list *by, struct slice was,
	const struct list *had)
{
	int r;

	if (!had || by->priority != had->priority)
		return !had || by->priority > had->priority;
	r = version_cmp(now, was);
	return r > 0 || (r == 0 && by->security && !had->security);
}

static void take(struct offer *to, const struct offer *of)
{
	if (of->list && better(of->version, of->list, to->version, to->list)) {
		to->version = of->version;
		to->list = of->list;
	}
	if (of->security_list &&
		(!to->security_list || version_cmp(of->security, to->security) > 0)) {
		to->security = of->security;
		to->security_list = of->security_list;
	}
}

/* What is kept of a list outlives it. */
static void offer(
	struct offers *o, const struct list *l, long package, struct slice version)
{
	struct offer *to = &o->set[l->set][package];
	struct offer of = { .version = version, .list = l };

	if (l->security) {
		of.security = version;
		of.security_list = l;
	}
	if (!(to->list && !better(version, l, to->version, to->list)) || l->security) {
		of.version.s = pool_strndup(&o->pool, version.s, version.n);
		if (l->security)
			of.security.s = of.version.s;
		take(to, &of);
	}
}

int offers_read(struct offers *o, const struct list *l, struct slice text,
	const struct names *packages, unsigned *line)
{
	const char *p = text.s, *end = text.s + text.n;
	long package = NAME_NONE;
	struct field f;
	int r;

	while ((r = field_next(&p, end, &f)) >= 0) {
		struct slice value = { f.value, f.valuelen };

		if (r == 0)
			package = NAME_NONE;
		else if (field_is(&f, "Package"))
			package = names_find(packages, value);
		else if (package != NAME_NONE && value.n && field_is(&f, "Version"))
			offer(o, l, package, value);
	}
	if (r == -ENOENT)
		return 0;
	*line = line_of(text.s, p);
	return r;
}

struct offer offers_get(
	const struct offers *o, const struct appliance *a, unsigned package)
{
	struct offer best = { 0 };

	for (unsigned i = 0; i < a->sets; i++)
		take(&best, &o->set[a->set[i]][package]);
	return best;
}

void offers_end(struct offers *o)
{
	pool_free(&o->pool);
}
