// SPDX-License-Identifier: MIT
/*
 * grubify.h - what the parts of grubify tell each other.
 *
 * Functions return 0 or one of the exit statuses below; whoever finds the
 * trouble has said so already (refuse()), once.
 */
#ifndef GRUBIFY_H
#define GRUBIFY_H

#include "child.h"
#include "image.h"

#include <stdio.h>

enum status {
	ST_FAILED = 1,
	ST_USAGE = 2,
	ST_BUSY = 3,	      /* someone else has the image */
	ST_NOT_RAW = 4,	      /* qcow2 and friends */
	ST_NO_TABLE = 5,      /* no partition table */
	ST_TRUNCATED = 6,     /* ends before its partitions do */
	ST_CORRUPT = 7,	      /* a table that contradicts itself */
	ST_4KN = 8,	      /* sectors of 4096 bytes */
	ST_FOREIGN = 9,	      /* an ISO, an old label */
	ST_NO_ROOT = 10,      /* no root, or several */
	ST_NO_BIOSBOOT = 11,  /* GPT without a BIOS boot partition */
	ST_NO_ROOM = 12,      /* the core image does not fit where it must */
	ST_NO_ESP = 13,	      /* UEFI without an EFI system partition */
	ST_UNREADABLE = 14,   /* GRUB can't read the filesystem */
	ST_DIRTY = 15,	      /* not unmounted cleanly */
	ST_NO_SPACE = 16,     /* no blocks or inodes left */
	ST_NO_GRUB = 17,      /* GRUB's own files are missing */
	ST_BUILDS = 18,	      /* GRUB's tools and files of different builds */
	ST_NO_KERNEL = 19,    /* no grub.cfg and nothing to make one from */
	ST_BAD_CONFIG = 20,   /* a grub.cfg that names the builder's devices */
	ST_VERIFY = 21,	      /* written, but GRUB does not read it: put back */
	ST_UNDO = 22,	      /* the undo record does not fit the image */
	ST_NEEDS_KERNEL = 23, /* LVM, RAID, LUKS: out of reach this way */
	ST_NO_GUEST = 24,     /* --via vm: QEMU, a kernel or a program is missing */
	ST_IN_THE_WAY = 25    /* something that is no file, where one is to be */
};

enum { TARGET_BIOS = 1, TARGET_EFI = 2 };

struct options {
	const char *via, *target, *grub_dir;
	const char *root; /* a partition's number; in a guest also a map's name */
	const char *kernel, *modules, *key_file;
	int dry_run, fsck, undo, new_config, timeout;
};

/* A file in memory. */
struct blob {
	char *data;
	size_t len;
};

/* What is to be found in a filesystem afterwards, by its length and checksum. */
struct written {
	const struct part *part;
	char *path;
	size_t len;
	uint32_t sum;
};

struct grub {
	char *dir;     /* holds i386-pc and x86_64-efi */
	char *mkimage; /* the programs of the same build, where there are any */
	char *fstest;
	char version[64];
};

/* A grub-mkimage at work. */
struct baking {
	struct child child;
	int out;      /* what it makes, a file in memory */
	int extra[2]; /* what it reads, likewise */
};

/* What is going to be done, decided before anything is changed. */
struct plan {
	struct image img;
	struct grub grub;
	struct image *root_img, *boot_img; /* what these two lie in; mostly &img */
	struct part *root;		   /* the system */
	struct part *boot_part; /* where boot/grub lies: root or a separate /boot */
	struct part *esp;	/* for TARGET_EFI */
	struct part *biosboot;	/* GPT for TARGET_BIOS; NULL: the MBR gap */
	unsigned targets;	/* TARGET_BIOS | TARGET_EFI */
	bool mounted;	     /* a kernel writes, not we: --via dm, and in the guest */
	bool vm;	     /* --via vm: it is a guest's kernel */
	FILE *to_host;	     /* we are in that guest: what is said goes here */
	bool was_signed;     /* the EFI program that ours is to replace */
	bool copied;	     /* modules into the filesystem, or all in the core */
	const char *subvol;  /* of the root: "/@" or "" */
	char *boot;	     /* the kernels', in boot_part: /boot, /@/boot or "" */
	char *folder;	     /* GRUB's, in boot_part: /boot/grub, /grub ... */
	char *root_spec;     /* for root=, where a UUID would not do */
	struct blob config;  /* a grub.cfg to be written; none: data is NULL */
	struct blob debconf; /* config.dat to be rewritten, likewise */
	struct written *written;
	size_t n_written;
	const struct part
		*damaged; /* what e2fsck finds fault with, and how it says so */
	char *damage;
	struct blob core_bios, core_efi, boot_sector;
	/* what other programs do meanwhile */
	struct child version, readable, loader;
	struct baking bios, efi;
};

/* say.c: "PATH: text", to the person; from within a guest, too. */
void note(const struct plan *pl, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same, and returns st. */
int refuse(const struct plan *pl, enum status st, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for what the system refused: ST_FAILED. */
int broken(const struct plan *pl, int err, const char *what);

/* "partition 2", or a map's name. */
struct label {
	char s[64];
};
struct label where(const struct plan *pl, const struct part *p);
struct label where_node(const char *node); /* of a guest's */
/* What needs a kernel to be looked into: LVM, RAID, LUKS. */
bool part_needs_kernel(const struct part *p);

/* plan.c: from options and a probed image to a plan; --dry-run's text. */
int plan_make(struct plan *pl, const struct options *o);
void plan_print(const struct plan *pl, FILE *f, const char *before);
void plan_free(struct plan *pl);

/* Its parts, for the guest: the table is one that we can do with ... */
int plan_state(struct plan *pl);
/* ... subvolume and GRUB's folder, when root and boot_part are known ... */
int plan_folder(struct plan *pl);
/* ... and which platforms. */
int plan_targets(struct plan *pl, const char *want);

/* grub.c */
int grub_find(struct plan *pl, const char *dir);
int grub_start(struct plan *pl);  /* the cores, in the background */
int grub_finish(struct plan *pl); /* here they are */
void grub_free(struct plan *pl);

/* kernels.c: a grub.cfg where there is none, a look at the one that is there. */
int config_plan(struct plan *pl, bool rewrite);

/* store.c: boot sector, core image, files, into the overlay. */
int store_all(struct plan *pl);

/* esp.c: what lies there already is read beside all else, and then known. */
void esp_look(struct plan *pl);
void esp_seen(struct plan *pl);
int esp_store(struct plan *pl);

/* verify.c: with GRUB's own drivers, on what is in the file now. */
int verify_start(struct plan *pl);    /* can it read boot_part at all? */
int verify_readable(struct plan *pl); /* the answer */
/* Says that GRUB can't read it, and why. */
int unreadable(struct plan *pl, const struct part *p);
int verify_all(struct plan *pl);
/* What store.c puts there is remembered for that. */
int verify_later(struct plan *pl, const struct part *p, const char *folder,
	const char *name, const struct blob *b);
/* With the image put back: whose fault it is that a filesystem is damaged. */
int verify_blame(struct plan *pl);
void verify_free(struct plan *pl);

/*
 * classic.c: mounts in a namespace that is ours alone, and grub-install. The disk is
 * what GRUB is to call (hd0).
 */
struct nodes {
	const char *disk, *boot, *root, *esp;
};
int classic_install(struct plan *pl, const struct nodes *nodes);

/* viadm.c: with the kernel's help, as root. */
int via_dm(struct plan *pl);

/* viavm.c: with the help of a guest's; the changes are in the overlay then. */
int via_vm(struct plan *pl, const struct options *o);

/* guest.c: we are that guest's first process. Arguments: see viavm.c. */
bool guest_begins(int *argc, char ***argv);
int guest_install(struct plan *pl, const struct options *o);
void guest_ends(struct plan *pl, int status) __attribute__((noreturn));

/* The program of the tree that dir is part of, else the one in PATH. */
char *grub_program(const char *dir, const char *name);

/* As a shell would find it, and where root's are: allocated, NULL if there is none. */
char *find_program(const char *name);

/* A whole file; one of at most max bytes. 0 or a negative errno. */
int blob_read(struct blob *b, const char *path, size_t max);
/* Bytes as a file that other programs can open by the path; fd to close after. */
int blob_fd(const void *data, size_t len, char path[40]);

#endif
