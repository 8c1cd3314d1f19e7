// SPDX-License-Identifier: MIT
/*
 * initrd-add - writes an initrd again with files and installer packages added.
 *
 * The given initrd's bytes stay as they are; a second archive follows, which
 * the kernel unpacks over the first. The same input makes the same bytes.
 */
#include "atomicfile.h"
#include "cleanup.h"
#include "debconf.h"
#include "diag.h"
#include "initrd.h"
#include "modules.h"
#include "opts.h"
#include "pack.h"
#include "signals.h"
#include "sources.h"
#include "status.h"
#include "templates.h"
#include "udeb.h"

#include <string.h>

static struct {
	char *out, *kernel, *preseed, *compress;
	char **udebs, **files, **lists, **trees, **installed, **without;
	int strip;
} o;

static struct poptOption table[] = { { "output", 'o', POPT_ARG_STRING, &o.out, 0,
					     "Where the new initrd goes", "FILE" },
	{ "file", '\0', POPT_ARG_ARGV, &o.files, 0, "Add a file",
		"TARGET=SOURCE[:MODE]" },
	{ "list", '\0', POPT_ARG_ARGV, &o.lists, 0,
		"Add the files of a list: TARGET<TAB>MODE<TAB>SOURCE", "FILE" },
	{ "tree", '\0', POPT_ARG_ARGV, &o.trees, 0, "Add all that is in a folder",
		"DIR[=PREFIX]" },
	{ "udeb", '\0', POPT_ARG_ARGV, &o.udebs, 0, "Add an installer package",
		"FILE" },
	{ "installed", '\0', POPT_ARG_ARGV, &o.installed, 0,
		"Mark a package as installed, not to be run", "PKG" },
	{ "exclude", '\0', POPT_ARG_ARGV, &o.without, 0,
		"Leave a package out of the installer's status", "PKG" },
	{ "strip-translations", '\0', POPT_ARG_NONE, &o.strip, 0,
		"Leave the translations of questions out", NULL },
	{ "preseed", '\0', POPT_ARG_STRING, &o.preseed, 0,
		"Put a preseed file's answers into the installer's database", "FILE" },
	{ "kernel", '\0', POPT_ARG_STRING, &o.kernel, 0,
		"Check that modules are of this kernel's version", "FILE" },
	{ "compress", '\0', POPT_ARG_STRING, &o.compress, 0,
		"Compress what is added with gzip (default), or not at all: none",
		"HOW" },
	OPTS_COMMON };

static int each(
	char **list, struct initrd *rd, int (*add)(struct initrd *, const char *))
{
	int r = 0;

	for (; r == 0 && list && *list; list++)
		r = interrupted() ? -EINTR : add(rd, *list);
	return r;
}

static int read_status(const struct initrd *rd, struct status *st)
{
	const struct node *n = initrd_get(rd, STATUS_FILE);
	const char *why = "out of memory";
	unsigned line = 0;
	int r;

	if (!n || !S_ISREG(n->mode))
		return 0;
	r = status_parse(st, n->data, n->size, &line, &why);
	if (r < 0)
		diag("%s: %s:%u: %s", rd->name, STATUS_FILE, line, why);
	return r;
}

static int mark(struct initrd *rd, struct status *st)
{
	for (char **p = o.without; p && *p; p++)
		if (status_find(st, *p))
			status_remove(st, status_find(st, *p));
	for (char **p = o.installed; p && *p; p++) {
		struct package *pkg = status_find(st, *p);

		if (!pkg) {
			diag("%s: --installed: no such package, neither in %s nor "
			     "added",
				*p, rd->name);
			return -ENOENT;
		}
		if (status_installed(pkg) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int add_packages(struct initrd *rd)
{
	_cleanup_(status_free) struct status st = { 0 };
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	if (!o.udebs && !o.installed && !o.without)
		return 0;
	r = read_status(rd, &st);
	for (char **u = o.udebs; r == 0 && u && *u; u++)
		r = interrupted() ? -EINTR : udeb_add(rd, &st, *u, o.without);
	if (r == 0)
		r = mark(rd, &st);
	if (r == 0) {
		text = status_text(&st, &len);
		r = text ? initrd_put_file(rd, STATUS_FILE, 0644, text, len) : -ENOMEM;
	}
	return r;
}

static int gather(struct initrd *rd)
{
	int r = add_packages(rd);

	if (r == 0)
		r = each(o.trees, rd, source_tree);
	if (r == 0)
		r = each(o.lists, rd, source_list);
	if (r == 0)
		r = each(o.files, rd, source_spec);
	if (r == 0)
		r = modules_check(rd, o.kernel);
	if (r == 0)
		r = modules_index(rd);
	if (r == 0 && o.strip)
		r = templates_strip_all(rd);
	if (r == 0 && o.preseed)
		r = debconf_preseed(rd, o.preseed);
	return r;
}

static bool gzip_wanted(void)
{
	return !o.compress || strcmp(o.compress, "gzip") == 0;
}

static int append_to(const struct initrd *rd, FILE *f, struct reason *why)
{
	/*
	 * The kernel finds archives that aren't compressed at multiples of four, and
	 * whatever follows one.
	 */
	size_t pad = gzip_wanted() && !rd->ends_plain ? 0 : -rd->rawlen & 3;

	errno = 0;
	if (fwrite(rd->raw, 1, rd->rawlen, f) != rd->rawlen)
		return errno ? -errno : -EIO;
	if (!rd->add.count)
		return 0;
	if (fwrite("\0\0\0", 1, pad, f) != pad)
		return errno ? -errno : -EIO;
	return pack(&rd->add, gzip_wanted(), f, why);
}

static int write_out(const struct initrd *rd)
{
	_cleanup_(atomic_drop) struct atomicfile a = { 0 };
	const char *name = o.out && strcmp(o.out, "-") != 0 ? o.out : "standard output";
	struct reason why = { 0 };
	int r;

	r = atomic_open(&a, o.out);
	if (r == 0)
		r = append_to(rd, a.f, &why);
	if (r == 0 && interrupted())
		r = -EINTR;
	if (r == 0)
		r = atomic_commit(&a);
	if (r < 0 && r != -EINTR && why.text[0])
		diag("%s: %s", name, why.text);
	else if (r < 0 && r != -EINTR)
		diag_errno(-r, "%s", name);
	return r;
}

static int make(const char *name, uint32_t stamp)
{
	_cleanup_(initrd_free) struct initrd rd = { 0 };
	int r = initrd_read(&rd, name);

	if (r == 0)
		r = gather(&rd);
	if (r == 0)
		r = initrd_stamp(&rd, stamp);
	if (r == 0 && interrupted())
		r = -EINTR;
	return r < 0 ? r : write_out(&rd);
}

/* SOURCE_DATE_EPOCH, or else 0: never the time of day. */
static int read_stamp(uint32_t *stamp)
{
	const char *s = getenv("SOURCE_DATE_EPOCH");
	char *end = NULL;
	unsigned long long v = s && *s ? strtoull(s, &end, 10) : 0;

	*stamp = (uint32_t)v;
	if (end && (*end || v > UINT32_MAX))
		return opts_error("SOURCE_DATE_EPOCH: %s: not seconds since 1970", s);
	return 0;
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	const char **args;
	uint32_t stamp;
	int r;

	r = opts_parse(&ctx, argc, argv, table, "INITRD", 1, 1, &args);
	if (r != OPTS_GO)
		return r;
	if (!gzip_wanted() && strcmp(o.compress, "none") != 0)
		return opts_error("--compress: %s: neither gzip nor none", o.compress);
	if (read_stamp(&stamp))
		return EX_BADUSAGE;
	for (char **f = o.files; f && *f; f++)
		if (!source_spec_ok(*f))
			return opts_error("--file: %s: not TARGET=SOURCE", *f);
	signals_catch();
	r = make(args[0], stamp);
	if (interrupted())
		return signals_die();
	return r < 0 ? EX_FAILED : EX_DONE;
}
