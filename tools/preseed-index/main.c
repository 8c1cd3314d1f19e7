// SPDX-License-Identifier: MIT
/*
 * preseed-index - all questions of a release's packages into one small file,
 * for preseed-check.
 *
 * Reads packages, an initrd and the archive's lists; runs nothing of them.
 */
#include "gather.h"

#include "cleanup.h"
#include "diag.h"
#include "opts.h"
#include "qindex.h"
#include "signals.h"
#include "slurp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LIST = 512 << 20 };

struct options {
	char *output, *suite, *number, *alias, *arch, *initrd, *unseen, *files;
	char **packages;
	int format;
};

static void free_options(struct options *o)
{
	char *const one[] = { o->output, o->suite, o->number, o->alias, o->arch,
		o->initrd, o->unseen, o->files };

	for (size_t i = 0; i < sizeof(one) / sizeof(*one); i++)
		free(one[i]);
	for (char **s = o->packages; s && *s; s++)
		free(*s);
	free(o->packages);
}

static int slurp(const char *path, char **text, size_t *len)
{
	int r = slurp_file(path, MAX_LIST, text, len);

	if (r < 0)
		diag_errno(-r, "%s", path);
	return r;
}

static int read_packages(struct gather *g, const char *path)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	unsigned line;
	int r = slurp(path, &text, &len);

	if (r < 0)
		return r;
	r = packages_read(g, text, len, &line);
	if (r < 0)
		diag_at(path, line, "neither a field nor an empty line");
	return r;
}

/* A file's lines, each a name. */
static int read_names(struct gather *g, const char *path, struct names *list)
{
	_cleanup_free_ char *text = NULL;
	char *save = NULL;
	size_t len;
	int r = slurp(path, &text, &len);

	for (char *s = r < 0 ? NULL : strtok_r(text, "\n", &save); s;
		s = strtok_r(NULL, "\n", &save))
		gather_name(list, pool_strdup(g->pool, s));
	return r;
}

static int read_all(struct gather *g, const struct options *o, const char **files)
{
	struct names more = { 0 };
	int r = 0;

	for (char **p = o->packages; r == 0 && p && *p; p++)
		r = read_packages(g, *p);
	if (r == 0 && o->unseen)
		r = read_names(g, o->unseen, &g->unseen);
	if (r == 0 && o->files)
		r = read_names(g, o->files, &more);
	/* a package says better than the initrd whose a script is */
	for (; r == 0 && *files; files++)
		r = package_read(g, *files);
	for (size_t i = 0; r == 0 && i < more.n; i++)
		r = package_read(g, more.v[i]);
	if (r == 0 && o->initrd)
		r = initrd_read(g, o->initrd);
	free((void *)more.v);
	return r;
}

static int compile(const struct options *o, const char **files)
{
	_cleanup_(pool_free) struct pool pool = { 0 };
	_cleanup_(gather_free) struct gather g = { .pool = &pool };
	const struct release release = { o->suite, o->number, o->alias, o->arch };
	sigset_t before;
	int r = read_all(&g, o, files);

	if (r < 0)
		return r;
	gather_settle(&g);
	signals_hold(&before);
	r = index_write(&g, &release, o->output);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (r < 0)
		diag_errno(-r, "%s", o->output);
	return r;
}

int main(int argc, char **argv)
{
	_cleanup_(free_options) struct options o = { 0 };
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	const struct poptOption table[] = {
		{ "output", 'o', POPT_ARG_STRING, &o.output, 0,
			"write the index to FILE", "FILE" },
		{ "suite", 's', POPT_ARG_STRING, &o.suite, 0,
			"the release's codename (trixie)", "NAME" },
		{ "number", 0, POPT_ARG_STRING, &o.number, 0, "its number (13)",
			"NUMBER" },
		{ "alias", 0, POPT_ARG_STRING, &o.alias, 0, "its other name (stable)",
			"NAME" },
		{ "arch", 'a', POPT_ARG_STRING, &o.arch, 0, "the architecture (amd64)",
			"NAME" },
		{ "packages", 'p', POPT_ARG_ARGV, &o.packages, 0,
			"the suite's packages, the archive's Packages file", "FILE" },
		{ "initrd", 'i', POPT_ARG_STRING, &o.initrd, 0,
			"the installer's initrd", "FILE" },
		{ "unseen", 'u', POPT_ARG_STRING, &o.unseen, 0,
			"names of packages that were not to be had, a line each",
			"FILE" },
		{ "files", 'f', POPT_ARG_STRING, &o.files, 0,
			"further packages' files, a line each", "FILE" },
		{ "format", 0, POPT_ARG_NONE, &o.format, 0,
			"only say with which 8 bytes its indexes begin", NULL },
		OPTS_COMMON,
	};
	const char **args;
	int status = opts_parse(&ctx, argc, argv, table, "PACKAGE...", 0, -1, &args);

	if (status != OPTS_GO)
		return status;
	if (o.format)
		return puts(QINDEX_MAGIC) < 0 || fflush(stdout) ? EX_FAILED : EX_DONE;
	if (!o.output || !o.suite || !o.arch)
		return opts_error("--output, --suite and --arch are wanted");
	return compile(&o, args) < 0 ? EX_FAILED : EX_DONE;
}
