/*
 * roles.h - which partition is the root, the /boot, the ESP ... and why.
 *
 * The partition's type decides where it is clear; a root is known by what lies
 * in it. Two roots that look equally like one: none is chosen.
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

/* The one partition of that role; NULL if there is none, or several. */
struct part *roles_get(struct image *img, const char *role);

/*
 * What an fstab names as MOUNTPOINT's device, NULL for nothing; the caller's
 * to free. Pure text, any text.
 */
char *fstab_device(const char *text, const char *mountpoint);

/* The partition that UUID=, LABEL=, PARTUUID=, PARTLABEL= or /dev/sda1 means. */
struct part *roles_resolve(struct image *img, const char *spec);

#endif
