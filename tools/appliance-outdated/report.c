// SPDX-License-Identifier: MIT
#include "report.h"
#include "cleanup.h"
#include "diag.h"
#include "json.h"

#include <string.h>

static char *string(struct slice s)
{
	return s.n ? strndup(s.s, s.n) : strdup("-");
}

static void word(struct slice s, char end, FILE *to)
{
	_cleanup_free_ char *text = string(s);

	fput_visible(text ? text : "?", to);
	putc(end, to);
}

void report_lines(const struct findings *f, FILE *to)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->list[i];

		word(x->appliance->name, ' ', to);
		word(x->package, ' ', to);
		word(x->installed, ' ', to);
		word(x->candidate, ' ', to);
		if (x->kind == CHANGED)
			word(x->what, ':', to);
		word(x->kind == CHANGED ? x->which : x->origin, '\n', to);
	}
}

/* Security comes first, and each part is by name: an appliance may be in both. */
void report_names(const struct findings *f, bool security, FILE *to)
{
	struct names said = { 0 };

	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->list[i];

		if ((security && x->kind != SECURITY) ||
			names_find(&said, x->appliance->name) != NAME_NONE)
			continue;
		names_add(&said, x->appliance->name);
		word(x->appliance->name, '\n', to);
	}
	names_end(&said);
}

static size_t count_names(const struct findings *f, bool security)
{
	struct names said = { 0 };
	size_t n;

	for (size_t i = 0; i < f->n; i++)
		if (!security || f->list[i].kind == SECURITY)
			names_add(&said, f->list[i].appliance->name);
	n = said.n;
	names_end(&said);
	return n;
}

static void member(const char *key, struct slice s, FILE *to)
{
	_cleanup_free_ char *text = strndup(s.n ? s.s : "", s.n);

	fprintf(to, ", \"%s\": ", key);
	json_string(text, to);
}

static void finding_json(const struct finding *x, FILE *to)
{
	static const char *const kinds[] = {
		[SECURITY] = "security",
		[UPDATE] = "update",
		[WITHDRAWN] = "withdrawn",
		[CHANGED] = "changed",
	};

	fprintf(to, "{\"kind\": \"%s\"", kinds[x->kind]);
	member("appliance", x->appliance->name, to);
	if (x->kind == CHANGED) {
		member("what", x->what, to);
		member("which", x->which, to);
	} else {
		member("package", x->package, to);
		member("installed", x->installed, to);
		member("candidate", x->candidate, to);
		member("origin", x->origin, to);
	}
	putc('}', to);
}

void report_json(const struct findings *f, const struct plan *p, FILE *to)
{
	fprintf(to,
		"{\"appliances\": %zu, \"outdated\": %zu, \"security\": %zu, "
		"\"unknown\": %zu, \"findings\": [",
		p->appliances, count_names(f, false), count_names(f, true), f->unknown);
	for (size_t i = 0; i < f->n; i++) {
		fputs(i ? ",\n  " : "\n  ", to);
		finding_json(&f->list[i], to);
	}
	fputs(f->n ? "\n]}\n" : "]}\n", to);
}
