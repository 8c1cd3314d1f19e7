// SPDX-License-Identifier: MIT
/* udeb.h - an installer package put into the initrd as the installer would. */
#ifndef INITRD_UDEB_H
#define INITRD_UDEB_H

#include "initrd.h"
#include "status.h"

/*
 * Adds what the udeb file holds to rd, and its package to st. One that is
 * there in the same version, or whose name is in the list without, is left
 * out. Says what is wrong. 0 or a negative errno.
 */
int udeb_add(struct initrd *rd, struct status *st, const char *file, char **without);

#endif
