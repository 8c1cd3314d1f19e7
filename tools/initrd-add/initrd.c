// SPDX-License-Identifier: MIT
#include "initrd.h"
#include "cleanup.h"
#include "diag.h"
#include "newc.h"
#include "slurp.h"
#include "unpack.h"

#include <limits.h>
#include <string.h>

static int keep(struct initrd *rd, char *buf)
{
	char **p = realloc(rd->unpacked, (rd->nunpacked + 1) * sizeof(*p));

	if (!p) {
		free(buf);
		return -ENOMEM;
	}
	rd->unpacked = p;
	p[rd->nunpacked++] = buf;
	return 0;
}

static int refuse(const struct initrd *rd, const char *why)
{
	diag("%s: %s", rd->name, why);
	return -EBADMSG;
}

static int refuse_at(const struct initrd *rd, size_t off, const char *why)
{
	if (off == 0)
		return refuse(rd, why);
	diag("%s: at byte %zu: %s", rd->name, off, why);
	return -EBADMSG;
}

static int read_plain(struct initrd *rd, size_t *off)
{
	const char *why = NULL;
	size_t used;
	int r;

	if (*off & 3)
		return refuse_at(rd, *off,
			"a plain cpio archive that begins at no multiple of four: the "
			"kernel would drop it and all behind it; zeros before it make "
			"it "
			"begin at one");
	r = newc_read(&rd->base, rd->raw + *off, rd->rawlen - *off, &used, &why);
	if (r < 0)
		return refuse_at(rd, *off, why ? why : "out of memory");
	*off += used;
	rd->ends_plain = true;
	return 0;
}

/* The kernel begins anew with each member: an archive that goes on in the next is lost.
 */
static int read_packed(struct initrd *rd, size_t *off)
{
	const char *why = NULL;
	size_t used, size, at = *off;
	char *buf;
	int r;

	r = unpack(
		rd->raw + at, rd->rawlen - at, MAX_UNPACKED, &buf, &size, &used, &why);
	if (r < 0)
		return refuse_at(rd, at, why);
	*off += used;
	rd->ends_plain = false;
	r = keep(rd, buf);
	if (r == 0)
		r = newc_read(&rd->base, buf, size, &used, &why);
	if (r < 0 && why && strncmp(why, "ends within", 11) == 0 && *off < rd->rawlen)
		return refuse_at(rd, at,
			"compressed, and ends within a cpio archive: the kernel wants "
			"whole "
			"ones in each member or frame");
	if (r == 0 && (used < size || (size == 0 && at == 0)))
		why = "no cpio archive (newc) inside the compression";
	return r < 0 || why ? refuse_at(rd, at, why ? why : "out of memory") : 0;
}

/* The part at off: cpio archives as they are, or compressed. Moves off past it. */
static int read_part(struct initrd *rd, size_t *off)
{
	const char *p = rd->raw + *off;

	if (rd->rawlen - *off >= 6 &&
		(memcmp(p, "070701", 6) == 0 || memcmp(p, "070702", 6) == 0))
		return read_plain(rd, off);
	return read_packed(rd, off);
}

int initrd_read(struct initrd *rd, const char *name)
{
	size_t off = 0;
	int r;

	memset(rd, 0, sizeof(*rd));
	rd->name = strcmp(name, "-") == 0 ? "standard input" : name;
	r = slurp_file(name, MAX_UNPACKED, &rd->raw, &rd->rawlen);
	if (r < 0) {
		diag_errno(-r, "%s", rd->name);
		return r;
	}
	for (;;) {
		while (off < rd->rawlen && rd->raw[off] == '\0')
			off++;
		if (off == rd->rawlen)
			break;
		r = read_part(rd, &off);
		if (r < 0)
			return r;
	}
	return rd->base.count ? 0 : refuse(rd, "holds no files");
}

static struct node *look(const struct initrd *rd, const char *path)
{
	struct node *n = tree_get(&rd->add, path);

	return n ? n : tree_get(&rd->base, path);
}

/*
 * Resolves the symlinks that stand on the way to path's last part, and with
 * last that one, too. The result is put into out, of PATH_MAX bytes.
 */
static int resolve(const struct initrd *rd, const char *path, bool last, char *out)
{
	char todo[PATH_MAX], next[PATH_MAX];
	size_t n = 0;
	int hops = 0;

	if (snprintf(todo, sizeof(todo), "%s", path) >= PATH_MAX)
		return -EINVAL;
	out[0] = '\0';
	for (char *p = todo; *p;) {
		size_t part = strcspn(p, "/");
		char *rest = p + part + (p[part] == '/');
		const struct node *sym;
		size_t before = n;

		if (part == 2 && memcmp(p, "..", 2) == 0) {
			while (n && out[--n] != '/')
				;
			out[n] = '\0';
			p = rest;
			continue;
		}
		if (part == 0 || (part == 1 && *p == '.')) {
			p = rest;
			continue;
		}
		if (n + part + 2 > PATH_MAX)
			return -EINVAL;
		n += (size_t)sprintf(out + n, "%s%.*s", n ? "/" : "", (int)part, p);
		sym = *rest || last ? look(rd, out) : NULL;
		p = rest;
		if (!sym || !S_ISLNK(sym->mode))
			continue;
		if (++hops > 40)
			return -ELOOP;
		if (snprintf(next, sizeof(next), "%s/%s", sym->data, rest) >= PATH_MAX)
			return -EINVAL;
		n = sym->data[0] == '/' ? 0 : before;
		out[n] = '\0';
		memcpy(todo, next, sizeof(todo));
		p = todo;
	}
	return 0;
}

struct node *initrd_get(const struct initrd *rd, const char *path)
{
	char real[PATH_MAX];

	return resolve(rd, path, false, real) < 0 ? NULL : look(rd, real);
}

/* No way up, no name that a line-based list can't hold, none too long. */
static bool usable(const char *path)
{
	bool named = false;

	if (strchr(path, '\n') || strlen(path) >= PATH_MAX - 1)
		return false;
	for (const char *p = path; *p; p += *p == '/') {
		size_t part = strcspn(p, "/");

		if (part > NAME_MAX || (part == 2 && memcmp(p, "..", 2) == 0))
			return false;
		named |= part > 1 || (part == 1 && *p != '.');
		p += part;
	}
	return named;
}

static int put_parents(struct initrd *rd, const char *path)
{
	char dir[PATH_MAX];
	const struct node *n;

	for (const char *s = strchr(path, '/'); s; s = strchr(s + 1, '/')) {
		struct node new = { .path = dir, .mode = S_IFDIR | 0755 };

		snprintf(dir, sizeof(dir), "%.*s", (int)(s - path), path);
		n = look(rd, dir);
		if (n && !S_ISDIR(n->mode))
			return -ENOTDIR;
		if (!n && !tree_put(&rd->add, &new))
			return -ENOMEM;
	}
	return 0;
}

static int put(struct initrd *rd, const struct node *n)
{
	char real[PATH_MAX];
	struct node copy = *n;
	const struct node *there;
	int r;

	if (!usable(n->path))
		return -EINVAL;
	/* A folder goes where the symlink points; a file takes the symlink's place. */
	r = resolve(rd, n->path, S_ISDIR(n->mode), real);
	if (r < 0)
		return r;
	if (!real[0])
		return S_ISDIR(n->mode) ? 0 : -EINVAL;
	r = put_parents(rd, real);
	if (r < 0)
		return r;
	there = look(rd, real);
	if (there && S_ISDIR(there->mode) != S_ISDIR(n->mode))
		return S_ISDIR(n->mode) ? -ENOTDIR : -EISDIR;
	if (there && S_ISDIR(n->mode))
		return 0;
	/* The kernel would write through the one name and change the others, too. */
	if (there && there->link && S_ISREG(n->mode))
		return -EMLINK;
	copy.path = real;
	return tree_put(&rd->add, &copy) ? 0 : -ENOMEM;
}

int initrd_put(struct initrd *rd, const struct node *n)
{
	char *owned = n->owned;
	int r;

	r = put(rd, n);
	if (r < 0 || S_ISDIR(n->mode))
		free(owned);
	return r;
}

int initrd_put_file(struct initrd *rd, const char *path, uint32_t mode,
	const char *data, size_t size)
{
	char *copy = malloc(size + 1);
	struct node n = { .path = (char *)path,
		.mode = S_IFREG | mode,
		.data = copy,
		.size = size,
		.owned = copy };

	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, size);
	copy[size] = '\0';
	return initrd_put(rd, &n);
}

int initrd_stamp(struct initrd *rd, uint32_t stamp)
{
	_cleanup_free_ struct node **list = tree_list(&rd->add);

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < rd->add.count; i++) {
		list[i]->uid = list[i]->gid = 0;
		list[i]->mtime = stamp;
	}
	return 0;
}

void initrd_free(struct initrd *rd)
{
	tree_free(&rd->base);
	tree_free(&rd->add);
	for (size_t i = 0; i < rd->nunpacked; i++)
		free(rd->unpacked[i]);
	free(rd->unpacked);
	free(rd->raw);
	memset(rd, 0, sizeof(*rd));
}
