// SPDX-License-Identifier: MIT
/*
 * ext-list - prints what is in an ext2, ext3 or ext4 filesystem of an image, a
 * record a file (record.h), or the contents of one file. It needs no mount and
 * no root, and writes nothing.
 *
 * Times, inode numbers and places on the disk are not told: no two
 * installations have the same.
 */
#include "cleanup.h"
#include "diag.h"
#include "opts.h"
#include "record.h"

#include <ext2fs/ext2fs.h>
#include <limits.h>
#include <string.h>

static struct {
	long long offset;
	char *cat;
} o;

static struct poptOption table[] = { { "offset", 'o', POPT_ARG_LONGLONG, &o.offset, 0,
					     "Where in the image the filesystem begins",
					     "BYTES" },
	{ "cat", 'c', POPT_ARG_STRING, &o.cat, 0,
		"Print the contents of this file instead", "PATH" },
	OPTS_COMMON };

/* The tree is somebody else's: one with a loop in it must end, too. */
enum { MAX_DEPTH = 128 };

struct walk {
	ext2_filsys fs;
	const char *dir;
	int depth;
	errcode_t err;
	EVP_MD_CTX *sum;
};

typedef errcode_t take(void *to, const char *buf, unsigned len);

static void cleanup_fs(ext2_filsys *fs)
{
	if (*fs)
		ext2fs_close_free(fs);
}

static void cleanup_file(ext2_file_t *f)
{
	if (*f)
		ext2fs_file_close(*f);
}

static void cleanup_sum(EVP_MD_CTX **sum)
{
	EVP_MD_CTX_free(*sum);
}

static void cleanup_xattrs(struct ext2_xattr_handle **h)
{
	if (*h)
		ext2fs_xattrs_close(h);
}

static errcode_t contents(ext2_filsys fs, ext2_ino_t ino, take *put, void *to)
{
	_cleanup_(cleanup_file) ext2_file_t f = NULL;
	char buf[1 << 16];
	unsigned got = 0;
	errcode_t e = ext2fs_file_open(fs, ino, 0, &f);

	while (!e && !(e = ext2fs_file_read(f, buf, sizeof(buf), &got)) && got > 0)
		e = put(to, buf, got);
	return e;
}

static errcode_t take_sum(void *sum, const char *buf, unsigned len)
{
	return EVP_DigestUpdate(sum, buf, len) ? 0 : EIO;
}

static errcode_t take_stdout(void *unused, const char *buf, unsigned len)
{
	(void)unused;
	return fwrite(buf, 1, len, stdout) == len ? 0 : errno;
}

struct target {
	char text[PATH_MAX];
	size_t len;
};

static errcode_t take_target(void *to, const char *buf, unsigned len)
{
	struct target *t = to;

	if (len >= sizeof(t->text) - t->len)
		return ENAMETOOLONG;
	memcpy(t->text + t->len, buf, len);
	t->len += len;
	return 0;
}

static errcode_t symlink_target(
	ext2_filsys fs, ext2_ino_t ino, struct ext2_inode *in, struct target *t)
{
	if (!ext2fs_is_fast_symlink(in))
		return contents(fs, ino, take_target, t);
	return take_target(t, (const char *)in->i_block,
		(unsigned)strnlen((const char *)in->i_block, sizeof(in->i_block) - 1));
}

static int add_attribute(char *name, char *value, size_t len, void *f)
{
	fprintf(f, "%s=", name);
	for (size_t i = 0; i < len; i++)
		fprintf(f, "%02x", (unsigned char)value[i]);
	fputc(' ', f);
	return 0;
}

/* "NAME=HEX " each, as they are stored; NULL: none. */
static errcode_t attributes(ext2_filsys fs, ext2_ino_t ino, char **text)
{
	_cleanup_(cleanup_xattrs) struct ext2_xattr_handle *h = NULL;
	size_t len = 0;
	FILE *f;
	errcode_t e = ext2fs_xattrs_open(fs, ino, &h);

	if (e == EXT2_ET_MISSING_EA_FEATURE)
		return 0;
	if (!e)
		e = ext2fs_xattrs_read(h);
	if (e)
		return e;
	f = open_memstream(text, &len);
	if (!f)
		return errno;
	e = ext2fs_xattrs_iterate(h, add_attribute, f);
	return fclose(f) == 0 ? e : errno;
}

static errcode_t print(
	struct walk *w, const char *path, ext2_ino_t ino, struct ext2_inode *in)
{
	struct target t = { .len = 0 };
	_cleanup_free_ char *attrs = NULL;
	struct record r = { .path = path,
		.mode = in->i_mode,
		.uid = inode_uid(*in),
		.gid = inode_gid(*in),
		.links = in->i_links_count,
		.target = t.text };
	errcode_t e = attributes(w->fs, ino, &attrs);

	r.attributes = attrs;
	if (!e && LINUX_S_ISLNK(in->i_mode))
		e = symlink_target(w->fs, ino, in, &t);
	if (!e && LINUX_S_ISREG(in->i_mode)) {
		r.sum = w->sum;
		e = -record_sum(w->sum);
		if (!e)
			e = contents(w->fs, ino, take_sum, w->sum);
	}
	if (LINUX_S_ISCHR(in->i_mode) || LINUX_S_ISBLK(in->i_mode)) {
		/* the old encoding of a device's number, or the newer one beside */
		uint32_t old = in->i_block[0], new = in->i_block[1];

		r.major = old ? old >> 8 & 0xff : new >> 8 & 0xfff;
		r.minor = old ? old & 0xff : (new & 0xff) | (new >> 12 & 0xfff00);
	}
	return e ? e : -record_print(&r);
}

static errcode_t walk_dir(struct walk *w, ext2_ino_t ino);

static int walk_entry(ext2_ino_t dir, int entry, struct ext2_dir_entry *d, int offset,
	int block_size, char *buf, void *priv)
{
	struct walk *w = priv, below = *w;
	_cleanup_free_ char *path = NULL;
	struct ext2_inode in;

	(void)dir, (void)offset, (void)block_size, (void)buf;
	if (entry == DIRENT_DOT_FILE || entry == DIRENT_DOT_DOT_FILE)
		return 0;
	w->err = ext2fs_read_inode(w->fs, d->inode, &in);
	if (!w->err && asprintf(&path, "%s/%.*s", w->dir, ext2fs_dirent_name_len(d),
			       d->name) < 0)
		w->err = EXT2_ET_NO_MEMORY;
	if (w->err)
		return DIRENT_ABORT;
	w->err = print(w, path, d->inode, &in);
	if (w->err)
		diag("%s: %s", path, error_message(w->err));
	if (!w->err && LINUX_S_ISDIR(in.i_mode)) {
		below.dir = path;
		below.depth++;
		w->err = walk_dir(&below, d->inode);
	}
	return w->err ? DIRENT_ABORT : 0;
}

static errcode_t walk_dir(struct walk *w, ext2_ino_t ino)
{
	errcode_t e;

	if (w->depth > MAX_DEPTH)
		return ELOOP;
	e = ext2fs_dir_iterate2(w->fs, ino, 0, NULL, walk_entry, w);
	return e ? e : w->err;
}

static errcode_t list(ext2_filsys fs)
{
	_cleanup_(cleanup_sum) EVP_MD_CTX *sum = EVP_MD_CTX_new();
	struct walk w = { .fs = fs, .dir = "", .sum = sum };
	struct ext2_inode root;
	errcode_t e = ext2fs_read_inode(fs, EXT2_ROOT_INO, &root);

	if (!e)
		e = print(&w, "/", EXT2_ROOT_INO, &root);
	return e ? e : walk_dir(&w, EXT2_ROOT_INO);
}

static errcode_t cat(ext2_filsys fs, const char *path)
{
	ext2_ino_t ino;
	errcode_t e = ext2fs_namei_follow(fs, EXT2_ROOT_INO, EXT2_ROOT_INO, path, &ino);

	return e ? e : contents(fs, ino, take_stdout, NULL);
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	_cleanup_(cleanup_fs) ext2_filsys fs = NULL;
	char where[40];
	const char **args;
	errcode_t e;
	int r = opts_parse(&ctx, argc, argv, table, "IMAGE", 1, 1, &args);

	if (r != OPTS_GO)
		return r;
	if (o.offset < 0)
		return opts_error("--offset: %lld: below 0", o.offset);
	initialize_ext2_error_table();
	snprintf(where, sizeof(where), "offset=%lld", o.offset);
	e = ext2fs_open2(args[0], where, EXT2_FLAG_64BITS, 0, 0, unix_io_manager, &fs);
	if (!e)
		e = o.cat ? cat(fs, o.cat) : list(fs);
	if (e)
		diag("%s: %s%s%s", args[0], o.cat ? o.cat : "", o.cat ? ": " : "",
			error_message(e));
	return e || flush_stdout() < 0 ? EX_FAILED : EX_DONE;
}
