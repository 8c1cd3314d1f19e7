// SPDX-License-Identifier: MIT
/* late.h - what is done to the installed system last. */
#ifndef PRESEED_LATE_H
#define PRESEED_LATE_H

#include "plan.h"

/* preseed/late_command, and the script in it for people to read. */
void late_make(struct plan *p);

#endif
