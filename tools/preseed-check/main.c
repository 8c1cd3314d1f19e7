// SPDX-License-Identifier: MIT
/*
 * preseed-check - finds what is wrong with preseed files, by the release's own
 * templates.
 *
 * Reads the files and an index of the release's questions; nothing of a file is
 * run. With --fix, files are replaced by themselves with what is beyond doubt put
 * right.
 */
#include "check.h"
#include "indexes.h"
#include "origins.h"

#include "atomicfile.h"
#include "cleanup.h"
#include "diag.h"
#include "opts.h"
#include "signals.h"
#include "slurp.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EX_NOT_CHECKED = 3, MAX_TEXT = 16 << 20 };

struct options {
	char *release, *arch, *index, *level, *format, *cmdline, *disk, *memory, *color,
		*origins;
	int fix, rules;
};

struct job {
	struct report report;
	struct indexes indexes;
	struct check common; /* what is the same for each file */
	bool fix;
};

static void free_options(struct options *o)
{
	char *const v[] = { o->release, o->arch, o->index, o->level, o->format,
		o->cmdline, o->disk, o->memory, o->color, o->origins };

	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++)
		free(v[i]);
}

static void file_free(struct file *f)
{
	free(f->v);
	free(f->f);
	*f = (struct file){ 0 };
}

/* Replaces path; its mode stays. */
static int replace(const char *path, const char *text, size_t len)
{
	_cleanup_(atomic_drop) struct atomicfile out = { 0 };
	sigset_t before;
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return -errno;
	signals_hold(&before);
	r = atomic_open(&out, path);
	if (r == 0) {
		fwrite(text, 1, len, out.f);
		if (out.tmp && fchmod(fileno(out.f), st.st_mode & 07777) < 0)
			r = -errno;
		else
			r = atomic_commit(&out);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

/* Checks the text; with fix, puts it right and checks again. */
static int check_text(
	struct job *j, const char *name, const char *text, size_t len, bool fix)
{
	_cleanup_(pool_free) struct pool pool = { 0 };
	_cleanup_(file_free) struct file f = { .name = name, .text = text, .len = len };
	struct check c = j->common;
	size_t newlen, count;
	char *better;
	int r;

	c.pool = &pool;
	c.file = &f;
	check_file(&c);
	better = fix ? fixed_text(&f, &pool, j->report.level, &newlen, &count) : NULL;
	if (!better) {
		report_file(&j->report, &f);
		return 0;
	}
	r = replace(name, better, newlen);
	if (r < 0) {
		diag_errno(-r, "%s", name);
		return r;
	}
	diag("%s: %zu mended", name, count);
	return check_text(j, name, better, newlen, false);
}

static int check_path(struct job *j, const char *path)
{
	_cleanup_free_ char *text = NULL;
	bool in = strcmp(path, "-") == 0;
	size_t len;
	int r = slurp_file(path, MAX_TEXT, &text, &len);

	if (r < 0) {
		diag_errno(-r, "%s", path);
		return r;
	}
	return check_text(j, in ? "<stdin>" : path, text, len, j->fix);
}

static bool find_level(const char *name, enum level *l)
{
	for (int i = 0; i < LEVEL_COUNT; i++)
		if (strcmp(level_name((enum level)i), name) == 0) {
			*l = (enum level)i;
			return true;
		}
	return false;
}

/* 4G, 512M, 1T or bytes; 0 for what is none. */
static uint64_t bytes(const char *s)
{
	char *end;
	unsigned long long n;
	int shift = 0;

	errno = 0;
	n = strtoull(s, &end, 10);
	if (errno || end == s || *s == '-')
		return 0;
	if (*end)
		shift = *end == 'K'   ? 10
			: *end == 'M' ? 20
			: *end == 'G' ? 30
			: *end == 'T' ? 40
				      : -1;
	if (shift < 0 || (*end && end[1]) || n > UINT64_MAX >> shift)
		return 0;
	return n << shift;
}

static int usage_fault(const struct options *o, const char **args, struct job *j)
{
	const char *color = o->color ? o->color : "auto";
	bool terminal = isatty(1);
	const char *term = getenv("TERM"), *plain = getenv("NO_COLOR");

	if (o->level && !find_level(o->level, &j->report.level))
		return opts_error("--level %s: wants note, warning or error", o->level);
	if (o->format && !format_find(o->format, &j->report.format))
		return opts_error(
			"--format %s: wants text, gcc, json or sarif", o->format);
	if (o->disk && !(j->common.disk = bytes(o->disk)))
		return opts_error("--disk %s: wants a size such as 4G", o->disk);
	if (o->memory && !(j->common.memory = bytes(o->memory)))
		return opts_error("--memory %s: wants a size such as 512M", o->memory);
	if (strcmp(color, "always") == 0)
		j->report.color = j->report.excerpt = true;
	else if (strcmp(color, "auto") == 0)
		j->report.color = terminal && !(plain && *plain) && term &&
				  strcmp(term, "dumb") != 0;
	else if (strcmp(color, "never") != 0)
		return opts_error("--color %s: wants auto, always or never", color);
	j->report.excerpt |= terminal;
	if (!o->rules && !args[0])
		return opts_error("FILE...: missing operand");
	for (; o->fix && *args; args++)
		if (strcmp(*args, "-") == 0)
			return opts_error("--fix: standard input cannot be replaced");
	return 0;
}

static int check_all(struct job *j, const struct options *o, const char **files)
{
	_cleanup_(pool_free) struct pool pool = { 0 };
	_cleanup_free_ char *explain = NULL;
	const struct qindex *x;
	size_t len;
	int r, failed = 0;

	r = indexes_open(&j->indexes, o->index, o->release, o->arch);
	if (r < 0)
		return r;
	x = j->indexes.v;
	if (o->origins) {
		r = slurp_file(o->origins, MAX_TEXT, &explain, &len);
		if (r < 0) {
			diag_errno(-r, "%s", o->origins);
			return r;
		}
		j->common.origin = origins_read(&pool, explain, &j->common.origins);
	}
	j->common.index = x;
	j->common.other = x + 1;
	j->common.others = j->indexes.n - 1;
	j->common.release = qindex_text(x, x->h->suite);
	j->common.cmdline = o->cmdline;
	j->common.shell = shell_new(&pool);
	report_begin(&j->report);
	for (; *files; files++) {
		r = check_path(j, *files);
		failed = r < 0 ? r : failed;
	}
	report_end(&j->report);
	shell_free(j->common.shell);
	return failed;
}

static void list_rules(void)
{
	for (int i = 0; i < RULE_COUNT; i++)
		printf("%s\t%s\n", rules[i].id, rules[i].help);
}

int main(int argc, char **argv)
{
	_cleanup_(free_options) struct options o = { 0 };
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	const struct poptOption table[] = {
		{ "release", 'r', POPT_ARG_STRING, &o.release, 0,
			"check for release NAME or number (stable)", "NAME" },
		{ "arch", 'a', POPT_ARG_STRING, &o.arch, 0,
			"on that architecture (this machine's)", "NAME" },
		{ "index", 'i', POPT_ARG_STRING, &o.index, 0,
			"by the index FILE, of preseed-index(1)", "FILE" },
		{ "level", 'l', POPT_ARG_STRING, &o.level, 0,
			"from note, warning or error on (warning)", "LEVEL" },
		{ "format", 'f', POPT_ARG_STRING, &o.format, 0,
			"text, gcc, json or sarif (text)", "FORMAT" },
		{ "cmdline", 'c', POPT_ARG_STRING, &o.cmdline, 0,
			"the installer's kernel command line: all that is asked is an "
			"error",
			"TEXT" },
		{ "disk", 'd', POPT_ARG_STRING, &o.disk, 0, "the disk's size (4G)",
			"SIZE" },
		{ "memory", 'm', POPT_ARG_STRING, &o.memory, 0,
			"the memory's size (1G)", "SIZE" },
		{ "fix", 0, POPT_ARG_NONE, &o.fix, 0,
			"put right what is beyond doubt, in the files", NULL },
		{ "origins", 0, POPT_ARG_STRING, &o.origins, 0,
			"name places as FILE, of preseed --explain, does", "FILE" },
		{ "color", 0, POPT_ARG_STRING, &o.color, 0, "auto, always or never",
			"WHEN" },
		{ "rules", 0, POPT_ARG_NONE, &o.rules, 0, "list the rules", NULL },
		OPTS_COMMON,
	};
	struct job j = { .report = { .level = LEVEL_WARNING } };
	const char **args;
	int status = opts_parse(&ctx, argc, argv, table, "FILE...", 0, -1, &args),
	    r = 0;

	if (status != OPTS_GO)
		return status;
	if ((status = usage_fault(&o, args, &j)))
		return status;
	j.fix = o.fix;
	if (o.rules)
		list_rules();
	else
		r = check_all(&j, &o, args);
	indexes_close(&j.indexes);
	if (flush_stdout() < 0 || r < 0)
		return EX_NOT_CHECKED;
	return j.report.shown ? EX_FAILED : EX_DONE;
}
