// SPDX-License-Identifier: MIT
/*
 * autoinstall - compiles a recipe to the user-data of Ubuntu's installer.
 *
 * Reads the recipe and the host's own settings, and writes one file. Nothing of a
 * recipe is run, and no file outside its folder is read.
 */
#include "user-data.h"

#include "cleanup.h"
#include "diag.h"
#include "facts.h"
#include "limit.h"
#include "opts.h"
#include "publish.h"
#include "settle.h"
#include "values.h"

#include <errno.h>
#include <string.h>

struct options {
	char *output, *key, *host, *payload, *copies, *format, *report;
	char **set, **limit;
	int explain, facts, keys;
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
	const char *name = o->explain ? "explain" : o->facts ? "facts" : o->format;

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
	if (o->payload &&
		(err = publish(write_payload, u->plan, o->payload)) < 0)
		return err;
	return publish(write_text, text, o->output);
}

static int compile(const struct options *o, const char *recipe,
	const struct format *format, struct pool *pool)
{
	_cleanup_(recipe_free) struct recipe r = { .pool = pool, .dir = -1 };
	_cleanup_(plan_free) struct plan p = {
		.pool = pool,
		.recipe = &r,
		.of = &ubuntu,
		/* only the file itself has the files' contents in it */
		.payload = o->payload || format->write,
		.copies = o->copies
	};
	struct user_data u = { .report = o->report };
	struct host host = { pool, o->host ? o->host : "" };
	const char *key = NULL;
	int err;

	if ((err = publish_key(pool, o->key, &key)) < 0)
		return err;
	recipe_read(&r, recipe);
	for (char **set = o->set; set && *set; set++)
		recipe_override(&r, *set);
	if (r.errors)
		return -EINVAL;
	plan_make(&p, &host, key, o->key);
	for (char **limit = o->limit; limit && *limit; limit++)
		plan_limit(&p, *limit);
	user_data_make(&u, &p);
	return r.errors ? -EINVAL : put_out(o, format, &u, pool);
}

static void free_options(struct options *o)
{
	free(o->output);
	free(o->key);
	free(o->host);
	free(o->payload);
	free(o->copies);
	free(o->format);
	free(o->report);
	publish_free_list(o->set);
	publish_free_list(o->limit);
}

static int usage_fault(
	const struct options *o, const char **args, const struct format *format)
{
	struct why why;

	if (!format)
		return opts_error(
			"--format %s: wants autoinstall, explain or facts", o->format);
	if (o->explain + o->facts + (o->format != NULL) > 1)
		return opts_error("--explain, --facts and --format exclude each other");
	if (o->payload && format->write)
		return opts_error("--payload goes with user-data only");
	if (o->copies && !o->payload)
		return opts_error("--copies goes with --payload");
	if (o->report && !url_ok(o->report, &why))
		return opts_error("--report: %s", why.text);
	if (!o->keys && !args[0])
		return opts_error("a recipe is wanted");
	return 0;
}

int main(int argc, char **argv)
{
	_cleanup_(free_options) struct options o = { 0 };
	_cleanup_(pool_free) struct pool pool = { 0 };
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	const struct poptOption table[] = {
		{ "output", 'o', POPT_ARG_STRING, &o.output, 0,
			"write to FILE (standard output)", "FILE" },
		{ "set", 's', POPT_ARG_ARGV, &o.set, 0,
			"say a key in place of the recipe", "KEY=VALUE" },
		{ "limit", 'l', POPT_ARG_ARGV, &o.limit, 0,
			"refuse a recipe that wants more of cpus, disk or memory",
			"KEY=VALUE" },
		{ "key", 'k', POPT_ARG_STRING, &o.key, 0,
			"root's SSH public keys (yours)", "FILE" },
		{ "report", 'r', POPT_ARG_STRING, &o.report, 0,
			"have the installer post its events to URL", "URL" },
		{ "payload", 'p', POPT_ARG_STRING, &o.payload, 0,
			"leave files out, list them in FILE", "FILE" },
		{ "copies", 'c', POPT_ARG_STRING, &o.copies, 0,
			"list copies of them, made in DIR as they are checked", "DIR" },
		{ "explain", 'e', POPT_ARG_NONE, &o.explain, 0,
			"say where each part comes from", NULL },
		{ "facts", 0, POPT_ARG_NONE, &o.facts, 0,
			"write what programs want to know", NULL },
		{ "format", 0, POPT_ARG_STRING, &o.format, 0,
			"autoinstall, explain or facts", "FORMAT" },
		{ "keys", 0, POPT_ARG_NONE, &o.keys, 0, "list the keys of a recipe",
			NULL },
		{ "host", 0, POPT_ARG_STRING, &o.host, 0,
			"guess from DIR in place of /", "DIR" },
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
	if (o.keys)
		facts_keys(stdout);
	else if (compile(&o, args[0], format, &pool) < 0)
		return EX_FAILED;
	return flush_stdout() < 0 ? EX_FAILED : EX_DONE;
}
