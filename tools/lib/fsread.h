// SPDX-License-Identifier: MIT
/*
 * fsread.h - files of a filesystem within an image, read without a mount: ext
 * by libext2fs, all others by GRUB's own drivers (grub-fstest).
 *
 * GRUB's program is given the open file and nothing else (confine.h). Symbolic links
 * are followed inside the filesystem, as GRUB will.
 */
#ifndef SEEDBED_FSREAD_H
#define SEEDBED_FSREAD_H

#include "child.h"
#include "image.h"

#include <stddef.h>

struct fs {
	struct image *img;
	const struct part *part;
	const char
		*device; /* in place of a part: GRUB's name, "(lvm/vg-root)"; or NULL */
	const char *fstest; /* the program */
	void *ext;	    /* ext2_filsys, or NULL */
};

/*
 * grub-fstest's name for a partition: "(loop0,gpt2)". The caller frees it.
 * NULL: no memory.
 */
char *fs_grub_name(const struct image *img, const struct part *p);

/*
 * 0 or a negative errno: -EUCLEAN what is no sound ext filesystem, -EOPNOTSUPP
 * one with features that libext2fs does not know. fstest NULL: "grub-fstest".
 */
int fs_open(struct fs *fs, struct image *img, const struct part *p, const char *fstest);

/*
 * GRUB's names of what lies in several layers and needs no key: logical volumes, as
 * "(lvm/vg-root)". An array as of fs_list(). And one of these as a filesystem; the name
 * must stay. Whether there is any filesystem in it shows when it is read.
 */
int fs_devices(struct image *img, const char *fstest, char ***names);
void fs_open_device(
	struct fs *fs, struct image *img, const char *device, const char *fstest);

/*
 * The names in a folder, a NULL-terminated array to be freed with
 * fs_free_names(); folders end in '/' (ext: links to folders do not). A folder
 * that is not there: -ENOENT, or an empty list.
 */
int fs_list(struct fs *fs, const char *dir, char ***names);
void fs_free_names(char **names);
bool fs_has(char *const *names, const char *name);

/* A file of at most max bytes (else -EFBIG), NUL-terminated, *out to be freed. */
int fs_read(struct fs *fs, const char *path, size_t max, char **out, size_t *len);

/*
 * The first bytes of a file, at most max, likewise; *size is the file's, 0 where that
 * is not known. -EISDIR: something else has that name.
 */
int fs_head(struct fs *fs, const char *path, size_t max, char **out, size_t *len,
	uint64_t *size);

/*
 * Only starts grub-fstest on what ("ls", which is long, or "cat") of path: for
 * those who have other things to do meanwhile. 0 or a negative errno.
 */
int fs_start(struct fs *fs, struct child *c, const char *what, const char *path);

void fs_close(struct fs *fs);

#endif
