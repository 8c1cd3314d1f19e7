// SPDX-License-Identifier: MIT
/*
 * ramdisk.h - the files of a small guest as the archive that a kernel unpacks
 * (cpio, newc), in memory.
 *
 * By hand and not by libarchive: this program is itself in the archive, and so is
 * each library that it is linked with.
 */
#ifndef GRUBIFY_RAMDISK_H
#define GRUBIFY_RAMDISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct ramdisk {
	FILE *f; /* a file in memory */
	void *names;
	unsigned count;
};

/* All 0 or a negative errno. Names are without the first slash. */
int ramdisk_open(struct ramdisk *r);
int ramdisk_data(struct ramdisk *r, const char *name, unsigned mode, const void *data,
	size_t len);
int ramdisk_folder(struct ramdisk *r, const char *name);
int ramdisk_link(struct ramdisk *r, const char *name, const char *target);
int ramdisk_file(struct ramdisk *r, const char *name, unsigned mode, const char *path);

/* The files of a folder of the host, but none deeper. */
int ramdisk_copy(struct ramdisk *r, const char *name, const char *dir);

/*
 * An executable and the libraries that it is linked with, which come to /lib.
 * -ENOEXEC: a script, or whatever else is no program of this machine.
 */
int ramdisk_program(struct ramdisk *r, const char *name, const char *path);

/* Ends the archive. A descriptor of it, open for reading, or a negative errno. */
int ramdisk_finish(struct ramdisk *r);

void ramdisk_close(struct ramdisk *r);

#endif
