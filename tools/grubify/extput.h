/*
 * extput.h - files into an ext filesystem that was opened with extio_open():
 * folders are made, equal files left alone, others written in their place.
 */
#ifndef GRUBIFY_EXTPUT_H
#define GRUBIFY_EXTPUT_H

#include "extio.h"

/* All 0 or libext2fs's error code. The folder's inode comes back in *dir. */
errcode_t ext_folder(ext2_filsys fs, const char *path, ext2_ino_t *dir);
errcode_t ext_put(
	ext2_filsys fs, ext2_ino_t dir, const char *name, const void *data, size_t len);

/* Removes the names in dir for which stale() says so. */
errcode_t ext_prune(ext2_filsys fs, ext2_ino_t dir,
	bool (*stale)(const char *name, void *arg), void *arg);

#endif
