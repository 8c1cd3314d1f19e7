// SPDX-License-Identifier: MIT
/*
 * autoinstall - compiles a recipe to the user-data of Ubuntu's installer.
 *
 * Reads the recipe and the host's own settings, and writes one file. Nothing of a
 * recipe is run, and no file outside its folder is read.
 */
#include "user-data.h"

#include "cleanup.h"
#include "cmdline.h"
#include "diag.h"
#include "facts.h"
#include "opts.h"
#include "publish.h"
#include "values.h"

#include <errno.h>
#include <string.h>

struct options {
	struct cmdline c;
	char *report;
};

struct format {
	const char *name;
	void (*write)(const struct user_data *u, FILE *f);
};

static void write_facts(const struct user_data *u, FILE *f)
{
	facts_write(u->plan, f);
}

/* The first, NULL, is the file itself, which can fail to be made. */
static const struct format formats[] = {
	{ "autoinstall", NULL },
	{ "explain", user_data_explain },
	{ "facts", write_facts },
};

static const struct format *find_format(const struct options *o)
{
	const char *name = cmdline_format(&o->c);

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (!name || strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

/* In small parts: what stays in the buffer says at the end why it could not go. */
static void write_text(const void *text, FILE *f)
{
	enum { PART = 512 };
	size_t n;

	for (const char *s = text; (n = strnlen(s, PART)); s += n)
		fwrite(s, 1, n, f);
}

static void write_payload(const void *plan, FILE *f)
{
	facts_payload(plan, f);
}

/* All of it in memory before a byte is written. */
static int put_out(const struct options *o, const struct format *format,
	const struct user_data *u, struct pool *pool)
{
	struct text t;
	FILE *f = text_open(&t);
	const char *text;
	int err = 0;

	if (format->write)
		format->write(u, f);
	else
		err = user_data_write(u, f);
	text = text_close(&t, pool);
	if (err < 0) {
		diag_errno(-err, "YAML");
		return err;
	}
	if (o->c.payload && (err = publish(write_payload, u->plan, o->c.payload)) < 0)
		return err;
	return publish(write_text, text, o->c.output);
}

static int compile(const struct options *o, const char *recipe,
	const struct format *format, struct pool *pool)
{
	_cleanup_(recipe_free) struct recipe r = { .pool = pool, .dir = -1 };
	_cleanup_(plan_free) struct plan p = { .pool = pool,
		.recipe = &r,
		.of = &ubuntu,
		/* only the file itself has the files' contents in it */
		.payload = o->c.payload || format->write,
		.copies = o->c.copies };
	struct user_data u = { .report = o->report };
	const int err = cmdline_plan(&o->c, recipe, &p);

	if (err < 0)
		return err;
	cmdline_limit(&o->c, &p);
	user_data_make(&u, &p);
	return r.errors ? -EINVAL : put_out(o, format, &u, pool);
}

static void free_options(struct options *o)
{
	cmdline_free(&o->c);
	free(o->report);
}

static int usage_fault(
	const struct options *o, const char **args, const struct format *format)
{
	struct why why;

	if (!format)
		return opts_error("--format %s: wants autoinstall, explain or facts",
			o->c.format);
	if (o->c.payload && format->write)
		return opts_error("--payload goes with user-data only");
	if (o->report && !url_ok(o->report, &why))
		return opts_error("--report: %s", why.text);
	return cmdline_fault(&o->c, args[0]);
}

int main(int argc, char **argv)
{
	_cleanup_(free_options) struct options o = { 0 };
	_cleanup_(pool_free) struct pool pool = { 0 };
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	const struct poptOption table[] = {
		CMDLINE_OPTIONS(o.c, "autoinstall, explain or facts", "part"),
		{ "report", 'r', POPT_ARG_STRING, &o.report, 0,
			"have the installer post its events to URL", "URL" },
		OPTS_COMMON,
	};
	const char **args;
	const struct format *format;
	int status = opts_parse(&ctx, argc, argv, table, "RECIPE", 0, 1, &args);

	if (status != OPTS_GO)
		return status;
	format = find_format(&o);
	if ((status = usage_fault(&o, args, format)))
		return status;
	if (o.c.keys)
		facts_keys(stdout);
	else if (compile(&o, args[0], format, &pool) < 0)
		return EX_FAILED;
	return flush_stdout() < 0 ? EX_FAILED : EX_DONE;
}
