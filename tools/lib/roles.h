// SPDX-License-Identifier: MIT
/*
 * roles.h - which partition is the root, the /boot, the ESP ... and why.
 *
 * A root is known by what lies in it, a /boot and an ESP by the root's fstab, by what
 * lies in them and by the partition's type, in that order. Two roots that look equally
 * like one: none is chosen.
 */
#ifndef SEEDBED_ROLES_H
#define SEEDBED_ROLES_H

#include "image.h"

/*
 * Sets role and why of every partition of a probed image. fstest is the
 * grub-fstest to read with what libext2fs can't, NULL for the one in PATH.
 * 0 or a negative errno.
 */
int roles_find(struct image *img, const char *fstest);

/* The one partition of that role; NULL if there is none, or several. An ESP may be the
 * "boot", too. */
struct part *roles_get(struct image *img, const char *role);

/* The one to boot from by UEFI, and where a core image goes on GPT; NULL: none. */
struct part *roles_esp(struct image *img);
struct part *roles_biosboot(struct image *img);

/*
 * What an fstab names as MOUNTPOINT's device, NULL for nothing; with *options NULL
 * where it has none. The caller's to free. Pure text, any text.
 */
char *fstab_entry(const char *text, const char *mountpoint, char **options);

/* The same, without the options. */
char *fstab_device(const char *text, const char *mountpoint);

/* The partition that UUID=, LABEL=, PARTUUID=, PARTLABEL= or /dev/sda1 means. */
struct part *roles_resolve(struct image *img, const char *spec);

#endif
