// SPDX-License-Identifier: MIT
/*
 * appliance-outdated - which appliances would come out different today: what their
 * manifests have, against what the archives' lists have now. Reads only.
 */
#include "atomicfile.h"
#include "cleanup.h"
#include "diag.h"
#include "opts.h"
#include "report.h"
#include "slurp.h"

#include <string.h>

enum { EX_OUTDATED = 3, EX_SECURITY };
enum { PLAN_MAX = 256 << 20, LIST_MAX = 1 << 30, MANIFEST_MAX = 16 << 20 };

static int as_json, names_security, names_any;
static char *json_file;

static const struct poptOption table[] = {
	{ "json", 'j', POPT_ARG_NONE, &as_json, 0, "Print one JSON object", NULL },
	{ "json-file", 'o', POPT_ARG_STRING, &json_file, 0, "The same to FILE, besides",
		"FILE" },
	{ "names", 'n', POPT_ARG_NONE, &names_any, 0,
		"Print the appliances' names alone", NULL },
	{ "security", 's', POPT_ARG_NONE, &names_security, 0,
		"The names of those with a security update", NULL },
	OPTS_COMMON,
};

/* All that is read, for as long as what was found points into it. */
struct run {
	struct plan plan;
	struct names packages;
	struct offers offers;
	struct findings findings;
	struct built *built, *compiled; /* of each appliance */
	struct pool texts;
	bool lacks; /* something could not be read */
};

static void run_end(struct run *r)
{
	for (size_t i = 0; r->built && i < r->plan.appliances; i++) {
		built_end(&r->built[i]);
		built_end(&r->compiled[i]);
	}
	findings_end(&r->findings);
	offers_end(&r->offers);
	names_end(&r->packages);
	plan_end(&r->plan);
	pool_free(&r->texts);
}

/* A file's text, which stays; empty where it is not there. */
static int text_of(struct run *r, const char *path, size_t max, struct slice *text)
{
	char *s;
	int e = slurp_file(path, max, &s, &text->n);

	if (e < 0)
		return e;
	text->s = pool_adopt(&r->texts, s);
	return 0;
}

static int read_plan(struct run *r, const char *path)
{
	struct slice text;
	const char *why;
	unsigned line;
	int e = text_of(r, path, PLAN_MAX, &text);

	if (e < 0)
		diag_errno(e, "%s", path);
	else if ((e = plan_read(&r->plan, text, &line, &why)) < 0)
		diag_at(path, line, "%s", why);
	return e;
}

/* Those packages that any of them has are looked for in the lists, and no others. */
static void read_built(struct run *r)
{
	r->compiled = pool_alloc(&r->texts, r->plan.appliances * sizeof(*r->compiled));
	r->built = pool_alloc(&r->texts, r->plan.appliances * sizeof(*r->built));
	for (size_t i = 0; i < r->plan.appliances; i++) {
		const char *folder = r->plan.appliance[i].folder;
		const char *path = pool_printf(&r->texts, "%s/manifest", folder);
		struct slice text;
		int e = text_of(r, path, MANIFEST_MAX, &text);

		if (e < 0) {
			diag_errno(e, "%s", path);
			r->lacks = true;
			continue;
		}
		built_read(&r->built[i], text, &r->packages);
		path = pool_printf(&r->texts, "%s/inputs", folder);
		if (text_of(r, path, MANIFEST_MAX, &text) == 0)
			inputs_read(&r->compiled[i], text);
	}
}

/* One after the other, as they are large. */
static void read_lists(struct run *r)
{
	offers_begin(&r->offers, &r->plan, r->packages.n);
	for (size_t i = 0; i < r->plan.lists; i++) {
		const struct list *l = &r->plan.list[i];
		_cleanup_free_ char *text = NULL;
		unsigned line = 0;
		size_t len;
		int e = slurp_file(l->file, LIST_MAX, &text, &len);

		if (e == 0)
			e = offers_read(&r->offers, l, (struct slice){ text, len },
				&r->packages, &line);
		if (line)
			diag_at(l->file, line, "is no field of a list of packages");
		else if (e < 0)
			diag_errno(e, "%s", l->file);
		r->lacks |= e < 0;
	}
}

static int write_json(const struct run *r, const char *path)
{
	_cleanup_(atomic_drop) struct atomicfile a = { 0 };
	int e = atomic_open(&a, path);

	if (e == 0) {
		report_json(&r->findings, &r->plan, a.f);
		e = atomic_commit(&a);
	}
	if (e < 0)
		diag_errno(e, "%s", path);
	return e;
}

static int status_of(const struct findings *f)
{
	if (f->n == 0)
		return EX_DONE;
	return f->list[0].kind == SECURITY ? EX_SECURITY : EX_OUTDATED;
}

static int outdated(struct run *r, const char *path)
{
	if (read_plan(r, path) < 0)
		return EX_FAILED;
	read_built(r);
	read_lists(r);
	for (size_t i = 0; i < r->plan.appliances; i++)
		judge(&r->findings, &r->plan, &r->offers, &r->packages,
			&r->plan.appliance[i], &r->built[i], &r->compiled[i]);
	findings_sort(&r->findings);
	if (json_file && write_json(r, json_file) < 0)
		return EX_FAILED;
	if (as_json)
		report_json(&r->findings, &r->plan, stdout);
	else if (names_any || names_security)
		report_names(&r->findings, names_security, stdout);
	else
		report_lines(&r->findings, stdout);
	return r->lacks ? EX_FAILED : status_of(&r->findings);
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	_cleanup_(run_end) struct run r = { 0 };
	const char **args;
	int status = opts_parse(&ctx, argc, argv, table, "PLAN", 1, 1, &args);

	if (status != OPTS_GO)
		return status;
	if (as_json + names_any + names_security > 1)
		return opts_error("--json, --names and --security exclude each other");
	status = outdated(&r, args[0]);
	return flush_stdout() < 0 ? EX_FAILED : status;
}
