// SPDX-License-Identifier: MIT
/* packages.c - the names of all packages of a suite. */
#include "gather.h"
#include "stanza.h"

#include <errno.h>
#include <string.h>

/* Names of a Provides field; versions in brackets are passed by. */
static void provides(struct gather *g, const char *p, const char *end)
{
	while (p < end) {
		size_t n = 0;

		while (p < end && strchr(" ,\n\t", *p))
			p++;
		while (p + n < end && !strchr(" ,\n\t(", p[n]))
			n++;
		if (n)
			gather_name(&g->package, pool_strndup(g->pool, p, n));
		while (p < end && *p != ',')
			p++;
	}
}

static bool wants_debconf(const struct field *f)
{
	const char *p = f->value;

	while ((p = memmem(p, (size_t)(f->end - p), "debconf", 7))) {
		bool begins = p == f->value || strchr(" ,|\n", p[-1]);

		p += 7;
		if (f->end - p >= 4 && memcmp(p, "-2.0", 4) == 0)
			p += 4;
		if (begins && (p == f->end || strchr(" ,|\n(", *p)))
			return true;
	}
	return false;
}

/* contrib/net is of contrib; main is not said. */
static const char *component(struct pool *pool, const struct field *f)
{
	const char *slash = memchr(f->value, '/', f->valuelen);

	return slash ? pool_strndup(pool, f->value, (size_t)(slash - f->value)) : "";
}

/* The names from number n on are of another component. */
static void outside(struct gather *g, size_t n, const char *component)
{
	for (size_t i = n; *component && i < g->package.n; i++)
		gather_pair(&g->outside, g->package.v[i], component);
	if (*component)
		g->package.n = n;
}

int packages_read(struct gather *g, const char *text, size_t len, unsigned *line)
{
	const char *p = text, *end = text + len, *name = NULL, *of = "";
	size_t first = g->package.n;
	struct field f;
	int r;

	while ((r = field_next(&p, end, &f)) >= 0) {
		/* Rust's and Haskell's libraries provide tens of thousands of names
		 * that only their like depend on */
		bool library = name && (strncmp(name, "librust-", 8) == 0 ||
					       strncmp(name, "libghc-", 7) == 0);

		if (r == 0) {
			outside(g, first, of);
			first = g->package.n;
			name = NULL;
			of = "";
		} else if (field_is(&f, "Section")) {
			of = component(g->pool, &f);
		} else if (field_is(&f, "Package")) {
			name = pool_strndup(g->pool, f.value, f.valuelen);
			gather_name(&g->package, name);
		} else if (field_is(&f, "Provides") && !library) {
			provides(g, f.value, f.end);
		} else if (name &&
			   (field_is(&f, "Depends") || field_is(&f, "Pre-Depends"))) {
			if (wants_debconf(&f))
				gather_name(&g->debconf, name);
		}
	}
	outside(g, first, of);
	*line = line_of(text, p);
	return r == -ENOENT ? 0 : r;
}
