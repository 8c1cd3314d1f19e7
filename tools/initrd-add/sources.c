// SPDX-License-Identifier: MIT
#include "sources.h"
#include "cleanup.h"
#include "diag.h"
#include "slurp.h"

#include <fts.h>
#include <limits.h>
#include <string.h>

static int put_failed(int r, const char *target)
{
	if (r == -EINVAL)
		diag("%s: not a path for a file in an initrd", target);
	else if (r == -EISDIR)
		diag("%s: the initrd has a folder there", target);
	else if (r == -ENOTDIR)
		diag("%s: the initrd has a file where a folder is needed", target);
	else if (r == -EMLINK)
		diag("%s: a file of several names in the initrd, which would all "
		     "change",
			target);
	else if (r < 0)
		diag_errno(-r, "%s", target);
	return r;
}

/* mode < 0: by the source's own. */
static int put_file(
	struct initrd *rd, const char *target, const char *source, long mode)
{
	struct node n = { .path = (char *)target };
	struct stat st;
	int r;

	if (strcmp(source, "-") == 0) {
		diag("%s: needs a file, not standard input", target);
		return -EINVAL;
	}
	r = stat(source, &st) < 0 ? -errno : S_ISDIR(st.st_mode) ? -EISDIR : 0;
	if (r == 0)
		r = slurp_file(source, MAX_UNPACKED, &n.owned, &n.size);
	if (r < 0) {
		diag_errno(-r, "%s", source);
		return r;
	}
	if (mode < 0)
		mode = st.st_mode & 0111 ? 0755 : 0644;
	n.mode = S_IFREG | (uint32_t)mode;
	n.data = n.owned;
	return put_failed(initrd_put(rd, &n), target);
}

static long octal(const char *s)
{
	return s[0] && strlen(s) <= 5 && strspn(s, "01234567") == strlen(s)
		       ? strtol(s, NULL, 8) & 07777
		       : -1;
}

bool source_spec_ok(const char *spec)
{
	const char *equals = strchr(spec, '=');

	return equals && equals > spec && equals[1];
}

static int put_spec(struct initrd *rd, char *target)
{
	char *source = strchr(target, '='), *colon;
	long mode = -1;

	*source++ = '\0';
	colon = strrchr(source, ':');
	if (colon && octal(colon + 1) >= 0) {
		mode = octal(colon + 1);
		*colon = '\0';
	}
	return put_file(rd, target, source, mode);
}

int source_spec(struct initrd *rd, const char *spec)
{
	char *copy = strdup(spec);
	int r = copy ? put_spec(rd, copy) : -ENOMEM;

	free(copy);
	return r;
}

static int list_line(struct initrd *rd, const char *list, unsigned line, char *text)
{
	char *target = strsep(&text, "\t"), *mode = strsep(&text, "\t"), *source = text;

	if (!mode || !source || !target[0] || !source[0] || octal(mode) < 0) {
		diag_at(list, line,
			"not TARGET, octal MODE and SOURCE with tabs between");
		return -EINVAL;
	}
	return put_file(rd, target, source, octal(mode));
}

int source_list(struct initrd *rd, const char *list)
{
	_cleanup_free_ char *text = NULL;
	char *rest, *one;
	unsigned line = 0;
	size_t len;
	int r;

	r = slurp_file(list, MAX_UNPACKED, &text, &len);
	if (r == 0 && strlen(text) != len)
		r = -EILSEQ;
	if (r < 0)
		diag_errno(-r, "%s", list);
	rest = text;
	while (r == 0 && (one = strsep(&rest, "\n"))) {
		line++;
		if (one[0])
			r = list_line(rd, list, line, one);
	}
	return r;
}

static int put_link(struct initrd *rd, const char *target, const char *source)
{
	char to[PATH_MAX];
	ssize_t len = readlink(source, to, sizeof(to) - 1);
	struct node n = { .path = (char *)target, .mode = S_IFLNK | 0777 };
	int r;

	if (len < 0) {
		r = -errno;
		diag_errno(-r, "%s", source);
		return r;
	}
	to[len] = '\0';
	n.data = n.owned = strdup(to);
	n.size = (size_t)len;
	return n.owned ? put_failed(initrd_put(rd, &n), target) : -ENOMEM;
}

static int put_found(struct initrd *rd, const FTSENT *e, const char *target)
{
	struct node dir = { .path = (char *)target, .mode = S_IFDIR | 0755 };

	switch (e->fts_info) {
	case FTS_D:
		return e->fts_level ? put_failed(initrd_put(rd, &dir), target) : 0;
	case FTS_DP:
		return 0;
	case FTS_F:
		return put_file(rd, target, e->fts_path, -1);
	case FTS_SL:
	case FTS_SLNONE:
		return put_link(rd, target, e->fts_path);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		diag_errno(e->fts_errno, "%s", e->fts_path);
		return e->fts_errno ? -e->fts_errno : -EIO;
	default:
		diag("%s: neither a file, a folder nor a symlink", e->fts_path);
		return -EINVAL;
	}
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

int source_tree(struct initrd *rd, const char *spec)
{
	_cleanup_free_ char *dir = strdup(spec);
	char *prefix = dir ? strrchr(dir, '=') : NULL;
	char *paths[] = { dir, NULL };
	char target[2 * PATH_MAX];
	size_t skip;
	FTSENT *e;
	FTS *fts;
	int r = 0;

	if (!dir)
		return -ENOMEM;
	if (prefix)
		*prefix++ = '\0';
	skip = strlen(dir);
	fts = fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	if (!fts)
		return -errno;
	while (r == 0 && (errno = 0, e = fts_read(fts))) {
		if (e->fts_level == 0 && e->fts_info != FTS_D &&
			e->fts_info != FTS_DP) {
			r = e->fts_info == FTS_NS ? -e->fts_errno : -ENOTDIR;
			diag_errno(-r, "%s", dir);
			break;
		}
		snprintf(target, sizeof(target), "%s/%s", prefix ? prefix : "",
			e->fts_path + skip);
		r = put_found(rd, e, target);
	}
	if (r == 0 && errno) {
		r = -errno;
		diag_errno(-r, "%s", dir);
	}
	fts_close(fts);
	return r;
}
