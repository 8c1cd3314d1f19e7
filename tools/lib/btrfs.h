// SPDX-License-Identifier: MIT
/*
 * btrfs.h - a btrfs filesystem's subvolumes by name, and which is the default one. Only
 * that is read here; files are read by others.
 */
#ifndef SEEDBED_BTRFS_H
#define SEEDBED_BTRFS_H

#include "image.h"

#include <stddef.h>

enum { BTRFS_TOP = 5 }; /* the subvolume that holds all others */

struct subvolume {
	uint64_t id, parent, folder; /* folder: its inode number within parent */
	uint64_t tree;		     /* where its own begins */
	unsigned level;
	char *name;
	char *path; /* from the top: "/@rootfs"; NULL: in no folder any more */
};

struct subvolumes {
	struct subvolume *list;
	size_t n, room;
	uint64_t mounted; /* the id of that which a mount without options takes */
};

/*
 * 0, or a negative errno: -EBADMSG what contradicts itself, -EXDEV where some of it
 * lies on another device, -ENOTSUP in stripes. The top has no path.
 */
int btrfs_subvolumes(struct image *img, const struct part *p, struct subvolumes *s);

void btrfs_free(struct subvolumes *s);

#endif
