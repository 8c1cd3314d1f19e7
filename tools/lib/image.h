// SPDX-License-Identifier: MIT
/*
 * image.h - what is in a disk image: its partitions, read with libblkid.
 *
 * Nothing is mounted, attached or changed; a file is as good as a disk.
 */
#ifndef SEEDBED_IMAGE_H
#define SEEDBED_IMAGE_H

#include "overlay.h"

#include <stdbool.h>
#include <stdint.h>

enum image_state {
	IMAGE_GOOD,	 /* a partition table that makes sense */
	IMAGE_NO_TABLE,	 /* maybe one filesystem over all of it: partition 0 */
	IMAGE_CONTAINER, /* qcow2 and friends: not the disk's own bytes */
	IMAGE_TRUNCATED, /* the table names sectors past the end */
	IMAGE_CORRUPT,	 /* a table that contradicts itself */
	IMAGE_4KN,	 /* partitioned in sectors of 4096 bytes */
	IMAGE_FOREIGN,	 /* claimed by something else, too: an ISO, an old label */
};

struct part {
	unsigned number;      /* 0: the whole image */
	uint64_t start, size; /* bytes */
	char type[40];	      /* MBR: "0x83"; GPT: the type's GUID */
	uint64_t flags;	      /* MBR: 0x80 is active; GPT: the attributes */
	bool extended;	      /* a container of logical partitions */
	bool past_end;	      /* ends after the image does */
	char *name, *partuuid;
	char *fs, *uuid, *label;
	char *signatures; /* "ext4 and iso9660", where there are several; else NULL */
	/* set by roles.h; NULL until then, or none */
	const char *role;
	char why[96];
	char *subvol;	     /* of btrfs: where the system is, "/@"; NULL: at the top */
	char *subvol_other;  /* another that is as good; else NULL */
	bool subvol_default; /* which a mount without options takes */
	char *boot;   /* where it has kernels: "/@/boot"; of a /boot "" or "/@boot" */
	bool is_esp;  /* the root's fstab has it at /boot/efi or /efi */
	bool is_boot; /* the root's /boot, whatever else it is */
};

struct image {
	struct overlay ov; /* what is read goes through here */
	int fd;
	char *path;
	uint64_t size;
	enum image_state state;
	char problem[160];     /* what the state means here, in words */
	const char *container; /* the format's name, if it is no raw image; or NULL */
	char *inside;	       /* the disk in an archive, or NULL */
	bool gpt;
	char *table; /* libblkid's name of the table, or NULL */
	char *disk_id;
	struct part *parts;
	unsigned n;
};

/* Takes fd over (also on failure). 0 or a negative errno. */
int image_attach(struct image *img, int fd, const char *path);

/*
 * Fills everything else in. 0 or a negative errno for what the system would
 * not let us do; what is wrong with the image is in state and problem.
 */
int image_probe(struct image *img);

/* image_attach() of the opened path and image_probe(). */
int image_open(struct image *img, const char *path, int flags);

void image_close(struct image *img);

/* The type as GPT or MBR names it: an EFI system partition and so on. */
bool part_is_esp(const struct part *p);
bool part_is_biosboot(const struct part *p);
bool part_is_xbootldr(const struct part *p);

#endif
