// SPDX-License-Identifier: MIT
/* modules.h - kernel modules that are added: one version, and an index of them all. */
#ifndef INITRD_MODULES_H
#define INITRD_MODULES_H

#include "initrd.h"

#include <limits.h>

/*
 * Checks that all modules, those in the initrd and those added, are of one
 * version, and that it is the kernel's where kernel (a bzImage) is not NULL.
 * Says what does not match. 0 or a negative errno.
 */
int modules_check(const struct initrd *rd, const char *kernel);

/*
 * If files were added below lib/modules/VERSION, has depmod index base's and
 * added modules together (in a scratch folder), and adds what it wrote.
 */
int modules_index(struct initrd *rd);

/* The version that a bzImage says it is; -EBADMSG: none. */
int kernel_version(const char *image, size_t len, char version[NAME_MAX + 1]);

#endif
