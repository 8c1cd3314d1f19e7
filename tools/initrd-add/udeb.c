// SPDX-License-Identifier: MIT
#include "udeb.h"
#include "cleanup.h"
#include "diag.h"
#include "slurp.h"
#include "stanza.h"

#include <archive.h>
#include <archive_entry.h>
#include <limits.h>
#include <string.h>

struct udeb {
	const char *file;
	struct initrd *rd;
	const char *package;
	struct tree control, data; /* its two parts, as they are */
	bool whole;		   /* the second one, which comes last, was there */
};

static int bad(const struct udeb *u, const char *member, const char *why)
{
	diag("%s: %s%s%s", u->file, member ? member : "", member ? ": " : "", why);
	return -EBADMSG;
}

static void archive_done(struct archive **a)
{
	archive_read_free(*a);
}

static int contents(struct archive *a, struct archive_entry *e, char **out, size_t *len)
{
	la_int64_t size = archive_entry_size(e);
	char *buf;

	if (size < 0 || size > MAX_UNPACKED)
		return -EFBIG;
	buf = malloc((size_t)size + 1);
	if (!buf)
		return -ENOMEM;
	if (archive_read_data(a, buf, (size_t)size) != size) {
		free(buf);
		return -EBADMSG;
	}
	buf[size] = '\0';
	*len = (size_t)size;
	*out = buf;
	return 0;
}

/* "./usr/bin/x" -> "usr/bin/x"; "" for the root. */
static const char *relative(const char *path)
{
	while (path[0] == '/' || (path[0] == '.' && (path[1] == '/' || !path[1])))
		path++;
	return path;
}

/* A second name of a file gets its own copy: the initrd is memory, but udebs have few.
 */
static int other_name(struct tree *t, const char *first, struct node *n)
{
	const struct node *file = tree_get(t, relative(first));

	if (!file || !S_ISREG(file->mode))
		return -EBADMSG;
	n->mode = file->mode;
	n->size = file->size;
	n->owned = malloc(file->size + 1);
	if (!n->owned)
		return -ENOMEM;
	memcpy(n->owned, file->data, file->size + 1);
	return 0;
}

static int take(struct archive *a, struct archive_entry *e, struct tree *t)
{
	const char *path = archive_entry_pathname(e);
	struct node n = { .mode = archive_entry_mode(e) };
	int r = 0;

	n.path = path ? (char *)relative(path) : NULL;
	if (!path)
		return -EBADMSG;
	if (!n.path[0])
		return 0;
	if (archive_entry_hardlink(e)) {
		r = other_name(t, archive_entry_hardlink(e), &n);
	} else if (S_ISREG(n.mode)) {
		r = contents(a, e, &n.owned, &n.size);
	} else if (S_ISLNK(n.mode)) {
		n.owned = strdup(
			archive_entry_symlink(e) ? archive_entry_symlink(e) : "");
		n.size = n.owned ? strlen(n.owned) : 0;
		r = n.size ? 0 : -EBADMSG;
	} else if (!S_ISDIR(n.mode)) {
		r = -EBADMSG;
	}
	n.data = n.owned;
	if (r == 0 && tree_put(t, &n))
		return 0;
	free(n.owned);
	return r ? r : -ENOMEM;
}

static int read_tar(const char *buf, size_t len, struct tree *t)
{
	_cleanup_(archive_done) struct archive *a = archive_read_new();
	struct archive_entry *e;
	size_t total = 0;
	int r;

	if (!a)
		return -ENOMEM;
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_format_tar(a);
	if (archive_read_open_memory(a, buf, len) != ARCHIVE_OK)
		return -EBADMSG;
	while ((r = archive_read_next_header(a, &e)) == ARCHIVE_OK) {
		total += 512 + (size_t)archive_entry_size(e);
		if (total > MAX_UNPACKED)
			return -EFBIG;
		r = take(a, e, t);
		if (r < 0)
			return r;
	}
	return r == ARCHIVE_EOF ? 0 : -EBADMSG;
}

static int read_member(struct udeb *u, struct archive *a, struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);
	_cleanup_free_ char *buf = NULL;
	struct tree *t = NULL;
	size_t len;
	int r;

	if (name && strncmp(name, "control.tar", 11) == 0)
		t = &u->control;
	else if (name && strncmp(name, "data.tar", 8) == 0)
		t = &u->data;
	if (!t)
		return 0;
	u->whole |= t == &u->data;
	r = contents(a, e, &buf, &len);
	if (r == 0)
		r = read_tar(buf, len, t);
	if (r < 0)
		return bad(u, name,
			r == -EFBIG    ? "unpacks to more than 1 GiB"
			: r == -ENOMEM ? "out of memory"
				       : "damaged, or holds what no udeb does");
	return 0;
}

static int read_parts(struct udeb *u)
{
	_cleanup_(archive_done) struct archive *a = archive_read_new();
	_cleanup_free_ char *raw = NULL;
	struct archive_entry *e;
	size_t len;
	int r;

	r = slurp_file(u->file, MAX_UNPACKED, &raw, &len);
	if (r < 0) {
		diag_errno(-r, "%s", u->file);
		return r;
	}
	if (!a)
		return -ENOMEM;
	archive_read_support_format_ar(a);
	if (len < 8 || memcmp(raw, "!<arch>\n", 8) != 0 ||
		archive_read_open_memory(a, raw, len) != ARCHIVE_OK)
		return bad(u, NULL, "not a Debian package");
	while ((r = archive_read_next_header(a, &e)) == ARCHIVE_OK) {
		r = read_member(u, a, e);
		if (r < 0)
			return r;
	}
	if (r != ARCHIVE_EOF)
		return bad(u, NULL, "a Debian package that is damaged or cut short");
	if (!u->whole || !tree_get(&u->control, "control"))
		return bad(
			u, NULL, "a Debian package that lacks a part, or is cut short");
	return 0;
}

static int put(struct udeb *u, const char *path, struct node *n)
{
	struct node copy = *n;
	int r;

	copy.path = (char *)path;
	n->owned = NULL; /* the initrd's now */
	r = initrd_put(u->rd, &copy);
	if (r < 0)
		diag_errno(-r, "%s: %s", u->file, path);
	return r;
}

/* Of the control files the installer has no use for the lists and checksums. */
static int put_control(struct udeb *u, struct node *n)
{
	static const char *const unused[] = { "control", "md5sums", "shlibs", "symbols",
		"conffiles", "triggers" };
	char path[PATH_MAX];

	if (!S_ISREG(n->mode) || strchr(n->path, '/'))
		return 0;
	for (size_t i = 0; i < sizeof(unused) / sizeof(unused[0]); i++)
		if (strcmp(n->path, unused[i]) == 0)
			return 0;
	snprintf(path, sizeof(path), "var/lib/dpkg/info/%s.%s", u->package, n->path);
	return put(u, path, n);
}

static int put_all(struct udeb *u)
{
	_cleanup_free_ struct node **control = tree_list(&u->control);
	_cleanup_free_ struct node **data = tree_list(&u->data);
	int r = control && data ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < u->data.count; i++)
		r = put(u, data[i]->path, data[i]);
	for (size_t i = 0; r == 0 && i < u->control.count; i++)
		r = put_control(u, control[i]);
	return r;
}

static bool listed(char **list, const char *name)
{
	for (; list && *list; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

static bool package_name(const char *s)
{
	return s[0] &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789+-._") == strlen(s) &&
	       s[0] != '.';
}

/* Notes the package; 1 where it is to be left out. */
static int note(struct udeb *u, struct status *st, char **without)
{
	const struct node *control = tree_get(&u->control, "control");
	const char *why;
	struct status own = { 0 };
	const struct package *p, *there;
	unsigned line;
	int r;

	r = status_parse(&own, control->data, control->size, &line, &why);
	p = r == 0 && own.count == 1 ? own.list : NULL;
	if (!p || !package_name(p->name)) {
		r = bad(u, "control",
			p ? "not a package's name" : "not a control file");
	} else if (listed(without, p->name)) {
		r = 1;
	} else if ((there = status_find(st, p->name))) {
		r = strcmp(there->version, p->version) == 0 ? 1 : -EEXIST;
		if (r < 0)
			diag("%s: %s is version %s, and the initrd has %s", u->file,
				p->name, p->version, there->version);
	} else {
		r = status_add(st, control->data, control->size, &why);
		u->package = r == 0 ? st->list[st->count - 1].name : NULL;
	}
	status_free(&own);
	return r;
}

int udeb_add(struct initrd *rd, struct status *st, const char *file, char **without)
{
	struct udeb u = { .file = file, .rd = rd };
	int r;

	r = read_parts(&u);
	if (r == 0)
		r = note(&u, st, without);
	if (r == 0)
		r = put_all(&u);
	tree_free(&u.control);
	tree_free(&u.data);
	return r < 0 ? r : 0;
}
