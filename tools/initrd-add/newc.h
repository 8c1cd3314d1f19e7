// SPDX-License-Identifier: MIT
/* newc.h - reads cpio archives of the kind the kernel unpacks ("070701"). */
#ifndef INITRD_NEWC_H
#define INITRD_NEWC_H

#include "tree.h"

/*
 * Puts the members of all the archives that follow one another at buf into t,
 * later ones over earlier ones, as the kernel does. They point into buf, which
 * must stay. *used is how far it came: to len, or to the first byte after an
 * archive that begins none. Returns 0, or -EBADMSG (*why says what is wrong).
 */
int newc_read(
	struct tree *t, const char *buf, size_t len, size_t *used, const char **why);

#endif
