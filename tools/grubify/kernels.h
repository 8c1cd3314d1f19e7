/* kernels.h - the text side of boot menus; nothing here touches an image. */
#ifndef GRUBIFY_KERNELS_H
#define GRUBIFY_KERNELS_H

#include <stddef.h>
#include <stdbool.h>

struct menu {
	const char *search;	/* UUID of the filesystem with the kernels */
	const char *folder;	/* of the kernels there: "/boot", "/@/boot", "" */
	const char *root;	/* "UUID=...", for kernels with an initrd */
	const char *root_plain; /* "PARTUUID=...", for those without */
	const char *args;	/* more for the kernel; any bytes */
	const char *existing; /* a grub.cfg to prefer if it is there at boot, or NULL */
};

/*
 * The grub.cfg for the kernels among names, newest first; NULL if there are
 * none (or no memory). *count says how many.
 */
char *menu_make(const struct menu *m, char *const *names, int *count);

/*
 * The first line (from 1) of a grub.cfg that names a device of the machine
 * that built it: a loop device or a map (/dev/loop0, /dev/mapper/hda1); 0 if none
 * does. Where the system's own disks are maps, those are none. The device's name is put
 * into dev.
 */
int config_names_builder(const char *text, bool maps, char *dev, size_t size);

/* KEY=value of a file as /etc/default/grub, quotes off; NULL or the caller's. */
char *default_value(const char *text, const char *key);

/*
 * debconf's config.dat so that grub-pc remembers no device: a new text, or
 * NULL if it remembers none (or no memory). *device: what it was (allocated).
 */
char *debconf_forget(const char *text, char **device);

#endif
