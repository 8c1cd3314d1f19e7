// SPDX-License-Identifier: MIT
/* layout.h - how the disk is partitioned. */
#ifndef PRESEED_LAYOUT_H
#define PRESEED_LAYOUT_H

#include "plan.h"

/* partman's recipe for the plan's layout, disk, swap and firmware. */
char *layout_recipe(struct plan *p);

#endif
