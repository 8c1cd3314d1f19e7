// SPDX-License-Identifier: MIT
/* kernels.h - the text side of boot menus; nothing here touches an image. */
#ifndef GRUBIFY_KERNELS_H
#define GRUBIFY_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct menu {
	const char *search;	/* UUID of the filesystem with the kernels */
	const char *folder;	/* of the kernels there: "/boot", "/@/boot", "" */
	const char *root;	/* "UUID=...", for kernels with an initrd */
	const char *root_plain; /* "PARTUUID=...", for those without; or NULL */
	const char *args;	/* more for the kernel; any bytes, quoted as for GRUB */
	const char *existing; /* a grub.cfg to prefer if it is there at boot, or NULL */
};

/*
 * The grub.cfg for the kernels among names: those with an initrd first, the newest
 * before older ones. NULL if there are none (or no memory). *count says how many;
 * *demoted is a newer one without an initrd, or NULL, and the caller's.
 */
char *menu_make(
	const struct menu *m, char *const *names, int *count, char **demoted);

/* By its name a kernel of x86, an initrd; not what is left over beside one. */
bool kernel_is_named(const char *name);
bool initrd_is_named(const char *name);

enum { KERNEL_HEAD = 1024 };

/*
 * Why a file that begins so (KERNEL_HEAD bytes, or all of it) is no kernel that GRUB's
 * linux loads on x86: in words, "empty". NULL: it is one. size 0: not known.
 */
const char *kernel_fault(const void *head, size_t len, uint64_t size);

/* As sort -V has it: below 0, 0, above. */
int version_cmp(const char *a, const char *b);

/*
 * debconf's config.dat so that grub-pc remembers no device: a new text, or
 * NULL if it remembers none (or no memory). *device: what it was (allocated).
 */
char *debconf_forget(const char *text, char **device);

#endif
