// SPDX-License-Identifier: MIT
/*
 * dmimage.h - an image as /dev/mapper/NAME and a map for each partition.
 *
 * While it is being made all of it is set to vanish with the process that
 * makes it, however that ends; dmimage_keep() is what makes it stay.
 */
#ifndef SEEDBED_DMIMAGE_H
#define SEEDBED_DMIMAGE_H

#include "image.h"

#define DMIMAGE_TAG "SEEDBED-dmdisk-"

struct dmimage {
	char **names; /* the disk, then its partitions; [0] first */
	int *fds;     /* which hold them until they are kept */
	unsigned n;
	char loop[32];
	int loop_fd;
};

/* 0 or a negative errno; *where is the map or device that failed, or NULL. */
int dmimage_make(struct dmimage *d, const struct image *img, const char *name,
	bool readonly, const char **where);

/* "hda1", "nvme0n1p1": as kpartx names it. NULL: no memory. */
char *dmimage_part_name(const char *name, unsigned number);

/* From now on the maps outlive us. 0 or a negative errno. */
int dmimage_keep(struct dmimage *d);

/* Closes what is held, and so removes what was not kept. */
void dmimage_close(struct dmimage *d);

#endif
