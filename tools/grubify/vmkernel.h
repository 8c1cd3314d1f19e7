// SPDX-License-Identifier: MIT
/* vmkernel.h - a kernel for the helper guest, and its modules. */
#ifndef GRUBIFY_VMKERNEL_H
#define GRUBIFY_VMKERNEL_H

#include "ramdisk.h"

struct vmkernel {
	char *path;    /* a bzImage */
	char *modules; /* the folder with modules.dep */
};

/*
 * The kernel and modules that were named (each may be NULL), or the first of: the
 * running kernel's in /boot, others there or in /lib/modules, the cache, Debian's
 * kernel for clouds fetched by apt into the cache. 0 or a negative errno: -ENOENT
 * for none; *why is then words for the person, the caller's to free.
 */
int vmkernel_find(
	struct vmkernel *k, const char *kernel, const char *modules, char **why);
void vmkernel_free(struct vmkernel *k);

/*
 * Puts these modules, those that they need first, into the ramdisk's folder
 * modules, and the order of loading into modules/order. What this kernel has not
 * as a module is left out. want ends with NULL. 0 or a negative errno.
 */
int vmkernel_modules(
	const struct vmkernel *k, struct ramdisk *r, const char *const *want);

/*
 * From the text of a modules.dep: the paths to load for name, in order, each with a
 * newline, without those that are among done (a text of the same form). NULL: no
 * memory; "" where there is no such module.
 */
char *modules_for(const char *dep, const char *name, const char *done);

#endif
