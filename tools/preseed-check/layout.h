// SPDX-License-Identifier: MIT
/* layout.h - what is asked of the disk's layout by the other rules. */
#ifndef CHECK_LAYOUT_H
#define CHECK_LAYOUT_H

#include "check.h"

/* Why partman would ask that of the recipe: no_boot, no_swap, no_mount_point; NULL. */
const char *layout_doubt(struct check *c, const char *what);

#endif
