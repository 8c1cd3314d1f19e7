// SPDX-License-Identifier: MIT
/* lock.h - one at a time: nobody else writes to an image while we do. */
#ifndef GRUBIFY_LOCK_H
#define GRUBIFY_LOCK_H

#include <stdbool.h>

struct lock {
	bool write;
	bool written;	 /* somebody has it open for writing */
	const char *who; /* has it, in words */
	char loop[128]; /* room for the words about a loop device */
};

/*
 * Opens, for reading and writing or reading alone. The descriptor, -EBUSY or another
 * negative errno.
 */
int lock_open(const char *path, bool write, struct lock *l);

/*
 * An open file description lock over the whole file, which QEMU's locks and
 * other runs collide with; no loop device on it, by this or another name; and
 * nobody who writes to it. 0, -EBUSY or another negative errno.
 */
int lock_image(int fd, const char *path, struct lock *l);

#endif
