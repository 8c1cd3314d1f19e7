// SPDX-License-Identifier: MIT
#include "extput.h"
#include "cleanup.h"

#include <string.h>
#include <time.h>

enum { EXTENTS_ROOT_MODE = 0644, FOLDER_MODE = 0755, NAME_LEN = 255 };

static errcode_t link_in(
	ext2_filsys fs, ext2_ino_t dir, const char *name, ext2_ino_t ino, int type)
{
	errcode_t e = ext2fs_link(fs, dir, name, ino, type);

	if (e != EXT2_ET_DIR_NO_SPACE)
		return e;
	if ((e = ext2fs_expand_dir(fs, dir)))
		return e;
	return ext2fs_link(fs, dir, name, ino, type);
}

/* The entry itself, not what a link leads to: a name that is there is never made again. */
static errcode_t look_up(ext2_filsys fs, ext2_ino_t dir, const char *name,
	ext2_ino_t *ino, struct ext2_inode *inode)
{
	errcode_t e = ext2fs_lookup(fs, dir, name, (int)strlen(name), NULL, ino);

	return e ? e : ext2fs_read_inode(fs, *ino, inode);
}

static errcode_t new_folder(
	ext2_filsys fs, ext2_ino_t parent, const char *name, ext2_ino_t *dir)
{
	errcode_t e = ext2fs_mkdir(fs, parent, 0, name);

	if (e == EXT2_ET_DIR_NO_SPACE) {
		if ((e = ext2fs_expand_dir(fs, parent)))
			return e;
		e = ext2fs_mkdir(fs, parent, 0, name);
	}
	return e ? e : ext2fs_lookup(fs, parent, name, (int)strlen(name), NULL, dir);
}

/* One folder deeper; "." and ".." do not come here. */
static errcode_t step(
	ext2_filsys fs, ext2_ino_t parent, const char *name, ext2_ino_t *dir)
{
	struct ext2_inode inode;
	errcode_t e = look_up(fs, parent, name, dir, &inode);

	if (e == EXT2_ET_FILE_NOT_FOUND)
		return new_folder(fs, parent, name, dir);
	if (!e && LINUX_S_ISLNK(inode.i_mode)) {
		e = ext2fs_namei_follow(fs, EXT2_ROOT_INO, parent, name, dir);
		if (e == EXT2_ET_FILE_NOT_FOUND || e == EXT2_ET_NO_DIRECTORY ||
			e == EXT2_ET_SYMLINK_LOOP)
			return EXT_PUT_NOWHERE;
		if (!e)
			e = ext2fs_read_inode(fs, *dir, &inode);
	}
	if (e)
		return e;
	return LINUX_S_ISDIR(inode.i_mode) ? 0 : EXT_PUT_NO_FOLDER;
}

errcode_t ext_folder(ext2_filsys fs, const char *path, ext2_ino_t *dir, size_t *reached)
{
	_cleanup_free_ char *copy = strdup(path);
	char *save = NULL;
	errcode_t e = 0;

	if (!copy)
		return EXT2_ET_NO_MEMORY;
	*dir = EXT2_ROOT_INO;
	*reached = 0;
	for (char *s = strtok_r(copy, "/", &save); s && !e;
		s = strtok_r(NULL, "/", &save)) {
		*reached = (size_t)(s - copy) + strlen(s);
		e = step(fs, *dir, s, dir);
	}
	return e;
}

/* Whether the file holds just these bytes: then it is not touched at all. */
static bool holds(ext2_filsys fs, ext2_ino_t ino, const void *data, size_t len)
{
	_cleanup_free_ char *now = malloc(len + 1);
	struct ext2_inode inode;
	unsigned got = 0;
	ext2_file_t f;
	errcode_t e;

	if (!now || ext2fs_read_inode(fs, ino, &inode) || EXT2_I_SIZE(&inode) != len ||
		ext2fs_file_open(fs, ino, 0, &f))
		return false;
	e = ext2fs_file_read(f, now, (unsigned)len, &got);
	ext2fs_file_close(f);
	return !e && got == len && memcmp(now, data, len) == 0;
}

static errcode_t new_file(
	ext2_filsys fs, ext2_ino_t dir, const char *name, ext2_ino_t *ino)
{
	struct ext2_inode inode = { 0 };
	ext2_extent_handle_t extents;
	errcode_t e;

	if ((e = ext2fs_new_inode(fs, dir, 0, 0, ino)))
		return e;
	inode.i_mode = LINUX_S_IFREG | EXTENTS_ROOT_MODE;
	inode.i_links_count = 1;
	inode.i_atime = inode.i_ctime = inode.i_mtime = (__u32)time(NULL);
	if (ext2fs_has_feature_extents(fs->super)) {
		if ((e = ext2fs_extent_open2(fs, *ino, &inode, &extents)))
			return e;
		ext2fs_extent_free(extents);
	}
	if ((e = link_in(fs, dir, name, *ino, EXT2_FT_REG_FILE)))
		return e;
	ext2fs_inode_alloc_stats2(fs, *ino, +1, 0);
	return ext2fs_write_new_inode(fs, *ino, &inode);
}

static errcode_t fill(ext2_filsys fs, ext2_ino_t ino, const char *data, size_t len)
{
	struct ext2_inode inode;
	ext2_file_t f;
	errcode_t e, e2;

	if ((e = ext2fs_file_open(fs, ino, EXT2_FILE_WRITE, &f)))
		return e;
	e = ext2fs_file_set_size2(f, len);
	while (!e && len > 0) {
		unsigned wrote = 0;

		e = ext2fs_file_write(
			f, data, len > 1 << 20 ? 1 << 20 : (unsigned)len, &wrote);
		data += wrote, len -= wrote;
	}
	e2 = ext2fs_file_close(f);
	if (e || e2)
		return e ? e : e2;
	if ((e = ext2fs_read_inode(fs, ino, &inode)))
		return e;
	inode.i_mtime = inode.i_ctime = (__u32)time(NULL);
	return ext2fs_write_inode(fs, ino, &inode);
}

/* What the inode owns goes with its last name: attributes, blocks, itself. */
static errcode_t release(ext2_filsys fs, ext2_ino_t ino, struct ext2_inode *inode)
{
	struct ext2_inode_large large = { 0 };
	errcode_t e = 0;

	if (inode->i_file_acl || ext2fs_has_feature_64bit(fs->super)) {
		memcpy(&large, inode, sizeof(*inode));
		if (ext2fs_file_acl_block(fs, inode))
			e = ext2fs_free_ext_attr(fs, ino, &large);
		memcpy(inode, &large, sizeof(*inode));
	}
	if (!e && ext2fs_inode_has_valid_blocks2(fs, inode))
		e = ext2fs_punch(fs, ino, inode, NULL, 0, ~0ULL);
	if (e)
		return e;
	inode->i_links_count = 0;
	inode->i_dtime = (__u32)time(NULL);
	ext2fs_inode_alloc_stats2(fs, ino, -1, 0);
	return ext2fs_write_inode(fs, ino, inode);
}

/* A name less; never a folder's. */
static errcode_t take_out(ext2_filsys fs, ext2_ino_t dir, const char *name)
{
	struct ext2_inode inode;
	ext2_ino_t ino;
	errcode_t e = look_up(fs, dir, name, &ino, &inode);

	if (e)
		return e;
	if (LINUX_S_ISDIR(inode.i_mode))
		return EXT_PUT_FOLDER;
	if ((e = ext2fs_unlink(fs, dir, name, ino, 0)))
		return e;
	if (inode.i_links_count <= 1)
		return release(fs, ino, &inode);
	inode.i_links_count--;
	inode.i_ctime = (__u32)time(NULL);
	return ext2fs_write_inode(fs, ino, &inode);
}

/* A file that this name alone has, and nothing in the way of other bytes in it. */
static bool is_plain(const struct ext2_inode *inode)
{
	return LINUX_S_ISREG(inode->i_mode) && inode->i_links_count == 1 &&
	       !(inode->i_flags &
		       (EXT4_ENCRYPT_FL | EXT4_VERITY_FL | EXT4_INLINE_DATA_FL |
			       EXT4_EA_INODE_FL | EXT2_COMPR_FL));
}

/* The file behind a link that somebody has put there; 0: none that can be written. */
static ext2_ino_t behind(ext2_filsys fs, ext2_ino_t dir, const char *name)
{
	struct ext2_inode inode;
	ext2_ino_t ino;

	if (ext2fs_namei_follow(fs, EXT2_ROOT_INO, dir, name, &ino) ||
		ext2fs_read_inode(fs, ino, &inode) || !is_plain(&inode))
		return 0;
	return ino;
}

errcode_t ext_put(ext2_filsys fs, ext2_ino_t dir, const char *name, const void *data,
	size_t len, bool follow)
{
	struct ext2_inode inode;
	ext2_ino_t ino;
	errcode_t e = look_up(fs, dir, name, &ino, &inode);
	bool there = !e;

	if (e && e != EXT2_ET_FILE_NOT_FOUND)
		return e;
	if (there && LINUX_S_ISDIR(inode.i_mode))
		return EXT_PUT_FOLDER;
	if (there && LINUX_S_ISREG(inode.i_mode) && holds(fs, ino, data, len))
		return 0;
	if (there && LINUX_S_ISLNK(inode.i_mode) && follow &&
		(ino = behind(fs, dir, name)))
		return holds(fs, ino, data, len) ? 0 : fill(fs, ino, data, len);
	if (there && is_plain(&inode))
		return fill(fs, ino, data, len);
	/* a link, a device, a name of a file that has others: another file in its place */
	if (there && (e = take_out(fs, dir, name)))
		return e;
	e = new_file(fs, dir, name, &ino);
	return e ? e : fill(fs, ino, data, len);
}

struct stale {
	bool (*is)(const char *, void *);
	void *arg;
	char (*names)[NAME_LEN + 1];
	size_t n;
	bool no_memory;
};

static int note(
	struct ext2_dir_entry *de, int offset, int blocksize, char *buf, void *closure)
{
	struct stale *s = closure;
	char name[NAME_LEN + 1];
	void *p;

	(void)offset, (void)blocksize, (void)buf;
	snprintf(name, sizeof(name), "%.*s", (int)ext2fs_dirent_name_len(de), de->name);
	if (!s->is(name, s->arg))
		return 0;
	p = reallocarray(s->names, s->n + 1, sizeof(*s->names));
	if (!p) {
		s->no_memory = true;
		return DIRENT_ABORT;
	}
	s->names = p;
	memcpy(s->names[s->n++], name, sizeof(name));
	return 0;
}

errcode_t ext_prune(
	ext2_filsys fs, ext2_ino_t dir, bool (*is)(const char *, void *), void *arg)
{
	struct stale s = { .is = is, .arg = arg };
	errcode_t e = ext2fs_dir_iterate(fs, dir, 0, NULL, note, &s);

	if (!e && s.no_memory)
		e = EXT2_ET_NO_MEMORY;
	for (size_t i = 0; !e && i < s.n; i++)
		if ((e = take_out(fs, dir, s.names[i])) == EXT_PUT_FOLDER)
			e = 0; /* none of a build's */
	free(s.names);
	return e;
}
