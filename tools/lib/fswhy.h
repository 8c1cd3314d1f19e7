// SPDX-License-Identifier: MIT
/*
 * fswhy.h - why GRUB may not read a filesystem: what its superblock says that GRUB's
 * driver is known not to have. Whether GRUB reads it is for GRUB to say (fs_readable());
 * this gives the thing a name.
 */
#ifndef SEEDBED_FSWHY_H
#define SEEDBED_FSWHY_H

#include "fsread.h"

struct fswhy {
	char what[128]; /* "ext4 with casefold"; never empty */
	char next[160]; /* what to type: "tune2fs -O ^casefold"; may be empty */
};

/* Words for the filesystem of a partition that GRUB has not read. */
void fs_why(struct image *img, const struct part *p, struct fswhy *why);

/*
 * Whether GRUB lists the top of it: 1, 0, or a negative errno where its program does not
 * run. Of an empty folder it prints an empty line, of what it can't read nothing.
 */
int fs_readable(struct image *img, const struct part *p, const char *fstest);

#endif
