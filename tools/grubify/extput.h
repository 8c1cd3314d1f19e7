// SPDX-License-Identifier: MIT
/*
 * extput.h - files into an ext filesystem that was opened with extio_open():
 * folders are made, equal files left alone, others written in their place.
 *
 * A name that is there, of whatever kind, never gets a second entry: a file is
 * written to, a folder refused, anything else replaced.
 */
#ifndef GRUBIFY_EXTPUT_H
#define GRUBIFY_EXTPUT_H

#include "extio.h"

/* Besides libext2fs's error codes: what is in the way. */
enum {
	EXT_PUT_FOLDER = -1,	/* a folder where a file is to be */
	EXT_PUT_NO_FOLDER = -2, /* something else where a folder is to be */
	EXT_PUT_NOWHERE = -3	/* a link to nowhere, likewise */
};

/*
 * All 0, libext2fs's error code or one of these. The folder's inode comes back in
 * *dir, in *reached how much of the path an error is about. Links to folders are
 * followed within the filesystem, as GRUB will.
 */
errcode_t ext_folder(
	ext2_filsys fs, const char *path, ext2_ino_t *dir, size_t *reached);
/* With follow, a link to a file stays and the file is written to. */
errcode_t ext_put(ext2_filsys fs, ext2_ino_t dir, const char *name, const void *data,
	size_t len, bool follow);

/* Removes the names in dir for which stale() says so. */
errcode_t ext_prune(ext2_filsys fs, ext2_ino_t dir,
	bool (*stale)(const char *name, void *arg), void *arg);

#endif
