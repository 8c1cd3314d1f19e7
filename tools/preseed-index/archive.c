// SPDX-License-Identifier: MIT
/* archive.c - reads .debs, .udebs and initrds with libarchive; nothing is unpacked. */
#include "gather.h"

#include "cleanup.h"
#include "diag.h"
#include "slurp.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

enum { MAX_FILE = 64 << 20, MAX_PACKAGE = 256 << 20, MAX_TEXT = 1 << 20 };

struct member {
	const char *path;   /* without a leading ./ */
	const char *target; /* of a symbolic link, else NULL */
	char *data;
	size_t size;
};

typedef int visitor(struct gather *g, const struct source *s, const struct member *m);

static void archive_done(struct archive **a)
{
	archive_read_free(*a);
}

static const char *relative(const char *path)
{
	while (path[0] == '/' || (path[0] == '.' && (path[1] == '/' || !path[1])))
		path++;
	return path;
}

static int contents(struct archive *a, struct archive_entry *e, struct member *m)
{
	la_int64_t size = archive_entry_size(e);

	if (size < 0 || size > MAX_FILE)
		return -EFBIG;
	m->data = malloc((size_t)size + 1);
	if (!m->data)
		return -ENOMEM;
	if (archive_read_data(a, m->data, (size_t)size) != size)
		return -EBADMSG;
	m->data[size] = '\0';
	m->size = (size_t)size;
	return 0;
}

/* Templates and what may be a script: small regular files. Links have no contents. */
static bool wanted(struct archive_entry *e)
{
	if (!archive_entry_pathname(e))
		return false;
	if (archive_entry_filetype(e) == AE_IFLNK)
		return true;
	return archive_entry_filetype(e) == AE_IFREG &&
	       (archive_entry_size(e) <= MAX_TEXT ||
		       strstr(archive_entry_pathname(e), "templates"));
}

static int each(
	struct archive *a, struct gather *g, const struct source *s, visitor *visit)
{
	struct archive_entry *e;
	int r;

	while ((r = archive_read_next_header(a, &e)) == ARCHIVE_OK) {
		struct member m = { 0 };

		if (!wanted(e))
			continue;
		m.path = relative(archive_entry_pathname(e));
		m.target = archive_entry_filetype(e) == AE_IFLNK
				   ? archive_entry_symlink(e)
				   : NULL;
		r = m.target ? 0 : contents(a, e, &m);
		if (r == 0)
			r = visit(g, s, &m);
		free(m.data);
		if (r < 0)
			return r;
	}
	return r == ARCHIVE_EOF ? 0 : -EBADMSG;
}

static int templates(struct gather *g, const struct source *s, const struct member *m)
{
	unsigned line;
	int r = templates_read(g, s, m->data, m->size, &line);

	if (r < 0)
		diag("%s: templates:%u: neither a field nor an empty line", s->package,
			line);
	return r;
}

static int control_member(
	struct gather *g, const struct source *s, const struct member *m)
{
	if (m->target)
		return 0;
	if (strcmp(m->path, "templates") == 0)
		return templates(g, s, m);
	if (!strchr(m->path, '/') && strcmp(m->path, "control") != 0 &&
		strcmp(m->path, "md5sums") != 0)
		script_read(g, s, m->data, m->size);
	return 0;
}

/* The lists that the installer's own scripts look into. */
static void lists(struct gather *g, const struct member *m)
{
	if (strcmp(m->path, "etc/SUPPORTED-short") == 0)
		list_read(g, &g->locale, m->data, m->size);
	else if (strcmp(m->path, "usr/share/localechooser/languagelist") == 0)
		list_read(g, &g->language, m->data, m->size);
	else if (strcmp(m->path, "usr/lib/user-setup/reserved-usernames") == 0)
		list_read(g, &g->user, m->data, m->size);
}

static int system_member(
	struct gather *g, const struct source *s, const struct member *m)
{
	zone_read(g, s, m->path, m->target);
	return 0;
}

static int data_member(struct gather *g, const struct source *s, const struct member *m)
{
	if (m->target)
		return 0;
	lists(g, m);
	script_read(g, s, m->data, m->size);
	program_read(g, s, m->data, m->size);
	return 0;
}

static int read_tar(struct gather *g, const struct source *s, const struct member *tar,
	visitor *visit)
{
	_cleanup_(archive_done) struct archive *a = archive_read_new();

	if (!a)
		return -ENOMEM;
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_empty(a);
	if (archive_read_open_memory(a, tar->data, tar->size) != ARCHIVE_OK)
		return -EBADMSG;
	return each(a, g, s, visit);
}

/* "netcfg_1.187_amd64.udeb" is of netcfg. */
static char *package_of(struct pool *pool, const char *path)
{
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	return pool_strndup(pool, base, strcspn(base, "_"));
}

static int part(struct gather *g, const struct source *s, struct archive *a,
	struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);
	struct member tar = { 0 };
	visitor *visit = NULL;
	int r;

	if (name && strncmp(name, "control.tar", 11) == 0)
		visit = control_member;
	/* the system's packages ask in their control part; of these two it is the files
	 * that count */
	else if (name && strncmp(name, "data.tar", 8) == 0 &&
		 strncmp(s->package, "tzdata", 6) == 0)
		visit = system_member;
	else if (name && strncmp(name, "data.tar", 8) == 0 && s->udeb)
		visit = data_member;
	if (!visit)
		return 0;
	r = contents(a, e, &tar);
	if (r == 0)
		r = read_tar(g, s, &tar, visit);
	free(tar.data);
	return r;
}

static int parts(struct gather *g, const struct source *s, const char *raw, size_t len)
{
	_cleanup_(archive_done) struct archive *a = archive_read_new();
	struct archive_entry *e;
	int r;

	if (!a)
		return -ENOMEM;
	archive_read_support_format_ar(a);
	if (len < 8 || memcmp(raw, "!<arch>\n", 8) != 0 ||
		archive_read_open_memory(a, raw, len) != ARCHIVE_OK)
		return -EBADMSG;
	while ((r = archive_read_next_header(a, &e)) == ARCHIVE_OK)
		if ((r = part(g, s, a, e)) < 0)
			return r;
	return r == ARCHIVE_EOF ? 0 : -EBADMSG;
}

static int complain(const char *path, int r, const char *what)
{
	if (r == -EBADMSG)
		diag("%s: not %s, or damaged", path, what);
	else
		diag_errno(-r, "%s", path);
	return r;
}

int package_read(struct gather *g, const char *path)
{
	const size_t len = strlen(path);
	const struct source s = { package_of(g->pool, path),
		len > 5 && strcmp(path + len - 5, ".udeb") == 0 };
	_cleanup_free_ char *raw = NULL;
	size_t size;
	int r;

	r = slurp_file(path, MAX_PACKAGE, &raw, &size);
	if (r == 0)
		r = parts(g, &s, raw, size);
	if (r < 0)
		return complain(path, r, "a Debian package");
	gather_name(&g->seen, s.package);
	return 0;
}

/* The packages that the installer begins with lie unpacked in its initrd. */
static int initrd_member(
	struct gather *g, const struct source *initrd, const struct member *m)
{
	static const char info[] = "var/lib/dpkg/info/";
	const char *dot = strrchr(m->path, '.');
	struct source s = *initrd;
	size_t n = sizeof(info) - 1;

	if (m->target)
		return 0;
	lists(g, m);
	if (strncmp(m->path, info, n) == 0 && dot && dot > m->path + n) {
		s.package =
			pool_strndup(g->pool, m->path + n, (size_t)(dot - m->path) - n);
		if (strcmp(dot, ".templates") == 0) {
			gather_name(&g->seen, s.package);
			return templates(g, &s, m);
		}
	}
	script_read(g, &s, m->data, m->size);
	return 0;
}

int initrd_read(struct gather *g, const char *path)
{
	_cleanup_(archive_done) struct archive *a = archive_read_new();
	const struct source s = { "initrd", true };
	int r = -ENOMEM;

	if (a && access(path, R_OK) < 0)
		return complain(path, -errno, "an initrd");
	if (a) {
		archive_read_support_filter_gzip(a);
		archive_read_support_filter_xz(a);
		archive_read_support_filter_zstd(a);
		archive_read_support_format_cpio(a);
		r = archive_read_open_filename(a, path, 1 << 16) == ARCHIVE_OK
			    ? each(a, g, &s, initrd_member)
			    : -EBADMSG;
	}
	return r < 0 ? complain(path, r, "an initrd") : 0;
}
