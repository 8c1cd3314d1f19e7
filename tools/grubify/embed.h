// SPDX-License-Identifier: MIT
/*
 * embed.h - where GRUB's core image goes outside of filesystems, and how boot
 * sector and core find each other. The same bytes as grub-bios-setup writes.
 */
#ifndef GRUBIFY_EMBED_H
#define GRUBIFY_EMBED_H

#include "overlay.h"

enum embed_error {
	EMBED_OK,
	EMBED_SYSTEM,	 /* could not read or write; err has the errno */
	EMBED_NO_GAP,	 /* the first partition begins in sector 0 or 1 */
	EMBED_SMALL,	 /* room for fewer sectors than needed */
	EMBED_SOFTWARE,	 /* ... because others keep their sectors there */
	EMBED_BAD_CHAIN, /* logical partitions that lead in circles */
	EMBED_BAD_CORE,	 /* not a core image */
};

struct embed {
	uint64_t *sector;     /* one for each of the core's sectors */
	size_t need, room;    /* sectors wanted, sectors there */
	uint64_t first;	      /* where the first partition begins */
	const char *software; /* the last one that was stepped around */
	int err;
};

/* Between MBR and first partition, around what others have put there. */
enum embed_error embed_in_gap(struct overlay *ov, size_t need, struct embed *e);

/* A BIOS boot partition. */
enum embed_error embed_in_partition(
	uint64_t start, uint64_t size, size_t need, struct embed *e);

/*
 * Writes the core image and the boot sector; both are patched on the way.
 * boot is GRUB's boot.img; of the disk's own first sector the parameter block
 * and the partition table stay.
 */
enum embed_error embed_write(struct overlay *ov, struct embed *e, const void *core,
	size_t len, const unsigned char boot[512]);

void embed_free(struct embed *e);

#endif
