// SPDX-License-Identifier: MIT
/*
 * preseed - compiles a recipe to a preseed file of the Debian installer.
 *
 * Reads the recipe, the fragments and the host's own settings, and writes one
 * file. Nothing of a recipe is run, and no file outside its folder is read.
 */
#include "product.h"

#include "cleanup.h"
#include "cmdline.h"
#include "diag.h"
#include "facts.h"
#include "names.h"
#include "opts.h"
#include "publish.h"
#include "sources.h"

#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>

struct options {
	struct cmdline c;
	char *fragments;
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
	const char *name = cmdline_format(&o->c);

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
	_cleanup_(plan_free) struct plan p = { .pool = pool,
		.recipe = &r,
		.of = &debian,
		/* only a preseed file has the files' contents in it */
		.payload =
			o->c.payload || (write != write_preseed && write != write_rest),
		.copies = o->c.copies };
	_cleanup_(answers_free) struct answers a = { .plan = &p };
	const char *dir = o->fragments ? o->fragments : find_fragments(pool, recipe);
	int err = cmdline_plan(&o->c, recipe, &p);

	if (err < 0)
		return err;
	plan_names(&p);
	cmdline_limit(&o->c, &p);
	if ((err = answers_fragments(&a, dir)) < 0) {
		diag_errno(-err, "%s: fragments", dir);
		return err;
	}
	answers_recipe(&a);
	if (r.errors)
		return -EINVAL;
	if (o->c.payload && (err = put_out(&a, write_payload, o->c.payload)) < 0)
		return err;
	return put_out(&a, write, o->c.output);
}

static void free_options(struct options *o)
{
	cmdline_free(&o->c);
	free(o->fragments);
}

static int usage_fault(const struct options *o, const char **args, writer *write)
{
	if (!write)
		return opts_error(
			"--format %s: wants preseed, explain, facts, early or rest",
			o->c.format);
	if (o->c.payload && write != write_preseed && write != write_rest)
		return opts_error("--payload goes with a preseed file only");
	return cmdline_fault(&o->c, args[0]);
}

int main(int argc, char **argv)
{
	_cleanup_(free_options) struct options o = { 0 };
	_cleanup_(pool_free) struct pool pool = { 0 };
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	const struct poptOption table[] = {
		CMDLINE_OPTIONS(
			o.c, "preseed, explain, facts, early or rest", "answer"),
		{ "fragments", 'f', POPT_ARG_STRING, &o.fragments, 0,
			"take *.preseed from DIR (preseed.d)", "DIR" },
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
	if (o.c.keys)
		facts_keys(stdout);
	else if (compile(&o, args[0], write, &pool) < 0)
		return EX_FAILED;
	return flush_stdout() < 0 ? EX_FAILED : EX_DONE;
}
