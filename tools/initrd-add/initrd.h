// SPDX-License-Identifier: MIT
/*
 * initrd.h - an initrd as it is, and what is to be added to it.
 */
#ifndef INITRD_INITRD_H
#define INITRD_INITRD_H

#include "tree.h"

struct initrd {
	const char *name; /* for messages */
	char *raw;	  /* the file's bytes */
	size_t rawlen;
	char **unpacked; /* what base's nodes point into */
	size_t nunpacked;
	bool ends_plain;  /* its last part is an archive that is not compressed */
	struct tree base; /* what is in it */
	struct tree add;  /* what will be unpacked over that */
};

enum { MAX_UNPACKED = 1 << 30 }; /* an initrd or udeb that unpacks to more is refused */

/* Reads the file name ("-": standard input); says what is wrong. 0 or a negative errno.
 */
int initrd_read(struct initrd *rd, const char *name);

/*
 * What the kernel finds there in the end: the added node or else the base's.
 * path is plain (see tree.h) and symlinks on its way are followed, a symlink
 * at its end is not.
 */
struct node *initrd_get(const struct initrd *rd, const char *path);

/*
 * Adds n, whose path may be any spelling of an absolute path, with the folders
 * above it that are missing; a folder that a symlink of the initrd stands for
 * gets no entry of its own. Where the initrd has a folder a file can't go.
 * n->owned passes to the tree, also on failure. 0, or a negative errno:
 * -EINVAL no usable path, -EISDIR, -ENOTDIR, -ELOOP, -EMLINK (the initrd's file
 * has other names, which would change with it), -ENOMEM.
 */
int initrd_put(struct initrd *rd, const struct node *n);

/* The same for a file's contents, which are copied. */
int initrd_put_file(struct initrd *rd, const char *path, uint32_t mode,
	const char *data, size_t size);

/* Gives what is added to root and dates it. 0 or -ENOMEM. */
int initrd_stamp(struct initrd *rd, uint32_t stamp);

void initrd_free(struct initrd *rd);

#endif
