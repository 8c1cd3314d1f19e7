// SPDX-License-Identifier: MIT
/* storage.h - how the disk is partitioned, as a list of curtin's actions. */
#ifndef AUTOINSTALL_STORAGE_H
#define AUTOINSTALL_STORAGE_H

#include "plan.h"
#include "yaml-out.h"

enum { STORAGE_PIECES = 8 };

/* A partition, or a logical volume of vg0. */
struct piece {
	const char *id;
	const char *fs;	   /* NULL: is not formatted */
	const char *mount; /* NULL: is not mounted */
	const char *flag;  /* NULL: none */
	unsigned long long mib, least;
	bool rest;   /* takes what is left, mib is what that will be */
	bool loader; /* is for the boot loader, and named so to it */
	bool volume;
};

struct storage {
	struct piece piece[STORAGE_PIECES];
	size_t n;
	bool bios; /* the boot loader is told of the disk, else of a partition */
	bool lvm;  /* the last partition is vg0's */
};

/*
 * Sizes for the plan's layout, disk, swap and firmware. What does not fit is said: the
 * installer would make partitions of no size.
 */
void storage_make(struct storage *s, struct plan *p);

/* The value of "storage". */
void storage_write(const struct storage *s, struct out *o);

#endif
