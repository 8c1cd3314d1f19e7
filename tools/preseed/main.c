// SPDX-License-Identifier: MIT
/*
 * preseed - compiles a recipe to a preseed file of the Debian installer.
 *
 * Reads the recipe, the fragments and the host's own settings, and writes one
 * file. Nothing of a recipe is run, and no file outside its folder is read.
 */
#include "product.h"

#include "cleanup.h"
#include "diag.h"
#include "facts.h"
#include "limit.h"
#include "names.h"
#include "opts.h"
#include "publish.h"
#include "settle.h"
#include "sources.h"

#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>

struct options {
	char *output, *fragments, *key, *host, *payload, *copies, *format;
	char **set, **limit;
	int explain, facts, keys;
};

typedef void writer(const struct answers *a, FILE *f);

static const struct {
	const char *name;
	writer *write;
} formats[] = {
	{ "preseed", write_preseed },
	{ "explain", write_explain },
	{ "facts", write_facts },
	{ "early", write_early },
	{ "rest", write_rest },
};

static writer *find_format(const struct options *o)
{
	const char *name = o->explain ? "explain" : o->facts ? "facts" : o->format;

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (!name || strcmp(formats[i].name, name) == 0)
			return formats[i].write;
	return NULL;
}

static bool is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Beside the recipe's folder; else where the program was installed or built. */
static const char *find_fragments(struct pool *pool, const char *recipe)
{
	char *dir = dirname(pool_strdup(pool, recipe)), *path;
	bool dots = *dir == '.' && dir[strspn(dir, "./")] == '\0';
	const char *bin = program_dir(pool);

	path = pool_printf(pool, "%s/preseed.d",
		dots ? pool_printf(pool, "%s/..", dir)
		     : dirname(pool_strdup(pool, dir)));
	if (strncmp(path, "./", 2) == 0)
		path += 2;
	if (is_dir(path))
		return path;
	return pool_printf(pool, "%s/../share/seedbed/preseed.d", bin);
}

static void write_payload(const struct answers *a, FILE *f)
{
	facts_payload(a->plan, f);
}

struct product {
	const struct answers *a;
	writer *write;
};

static void write_product(const void *what, FILE *f)
{
	const struct product *p = what;

	p->write(p->a, f);
}

static int put_out(const struct answers *a, writer *write, const char *path)
{
	const struct product p = { a, write };

	return publish(write_product, &p, path);
}

static int compile(
	const struct options *o, const char *recipe, writer *write, struct pool *pool)
{
	_cleanup_(recipe_free) struct recipe r = { .pool = pool, .dir = -1 };
	_cleanup_(plan_free) struct plan p = {
		.pool = pool,
		.recipe = &r,
		.of = &debian,
		/* only a preseed file has the files' contents in it */
		.payload = o->payload || (write != write_preseed && write != write_rest),
		.copies = o->copies
	};
	_cleanup_(answers_free) struct answers a = { .plan = &p };
	struct host host = { pool, o->host ? o->host : "" };
	const char *dir = o->fragments ? o->fragments : find_fragments(pool, recipe);
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
	plan_names(&p);
	for (char **limit = o->limit; limit && *limit; limit++)
		plan_limit(&p, *limit);
	if ((err = answers_fragments(&a, dir)) < 0) {
		diag_errno(-err, "%s: fragments", dir);
		return err;
	}
	answers_recipe(&a);
	if (r.errors)
		return -EINVAL;
	if (o->payload && (err = put_out(&a, write_payload, o->payload)) < 0)
		return err;
	return put_out(&a, write, o->output);
}

static void free_options(struct options *o)
{
	free(o->output);
	free(o->fragments);
	free(o->key);
	free(o->host);
	free(o->payload);
	free(o->copies);
	free(o->format);
	publish_free_list(o->set);
	publish_free_list(o->limit);
}

static int usage_fault(const struct options *o, const char **args, writer *write)
{
	if (!write)
		return opts_error(
			"--format %s: wants preseed, explain, facts, early or rest", o->format);
	if (o->explain + o->facts + (o->format != NULL) > 1)
		return opts_error("--explain, --facts and --format exclude each other");
	if (o->payload && write != write_preseed && write != write_rest)
		return opts_error("--payload goes with a preseed file only");
	if (o->copies && !o->payload)
		return opts_error("--copies goes with --payload");
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
		{ "fragments", 'f', POPT_ARG_STRING, &o.fragments, 0,
			"take *.preseed from DIR (preseed.d)", "DIR" },
		{ "payload", 'p', POPT_ARG_STRING, &o.payload, 0,
			"leave files out, list them in FILE", "FILE" },
		{ "copies", 'c', POPT_ARG_STRING, &o.copies, 0,
			"list copies of them, made in DIR as they are checked", "DIR" },
		{ "explain", 'e', POPT_ARG_NONE, &o.explain, 0,
			"say where each answer comes from", NULL },
		{ "facts", 0, POPT_ARG_NONE, &o.facts, 0,
			"write what programs want to know", NULL },
		{ "format", 0, POPT_ARG_STRING, &o.format, 0,
			"preseed, explain, facts, early or rest", "FORMAT" },
		{ "keys", 0, POPT_ARG_NONE, &o.keys, 0, "list the keys of a recipe",
			NULL },
		{ "host", 0, POPT_ARG_STRING, &o.host, 0,
			"guess from DIR in place of /", "DIR" },
		OPTS_COMMON,
	};
	const char **args;
	writer *write;
	int status = opts_parse(&ctx, argc, argv, table, "RECIPE", 0, 1, &args);

	if (status != OPTS_GO)
		return status;
	write = find_format(&o);
	if ((status = usage_fault(&o, args, write)))
		return status;
	if (o.keys)
		facts_keys(stdout);
	else if (compile(&o, args[0], write, &pool) < 0)
		return EX_FAILED;
	return flush_stdout() < 0 ? EX_FAILED : EX_DONE;
}
