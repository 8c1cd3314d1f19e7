// SPDX-License-Identifier: MIT
/*
 * layers.h - what lies in a disk beneath LUKS, RAID and LVM: opened by the kernel,
 * with cryptsetup, mdadm and lvm. For a guest of our own; on a host it would take
 * whatever else there is.
 */
#ifndef GRUBIFY_LAYERS_H
#define GRUBIFY_LAYERS_H

#include "image.h"

struct layer {
	char *node;	  /* "/dev/vda1", "/dev/mapper/vg-root" */
	struct image img; /* all of it, as an image without a table */
	bool locked;	  /* LUKS that no key opened */
	bool opened;	  /* what lies in it was asked for */
	bool crypt, lvm;  /* it is what came out of one of these */
};

struct layers {
	struct layer *list;
	size_t n;
	const char *key; /* a file, or NULL */
	unsigned crypts;
	const char *missing; /* a program that was wanted and is not here */
};

/* Opens all there is, layer by layer. 0 or a negative errno. */
int layers_open(struct layers *ls, const char *key);

/* The one filesystem that an fstab's first field means; NULL: none. */
struct layer *layers_resolve(struct layers *ls, struct image *disk, const char *spec);

/* Everything shut again, so that arrays and groups are in order. */
void layers_close(struct layers *ls);

/* "/dev/vg-a/root" as device-mapper has it: "vg--a-root". NULL: no such form. */
char *layers_lvm_name(const char *path);

#endif
