// SPDX-License-Identifier: MIT
/* shot.h - a picture of the screen, taken by a thread of its own. */
#ifndef VMRUN_SHOT_H
#define VMRUN_SHOT_H

#include "guest.h"

int shot_start(struct guest *g);
void shot_stop(struct guest *g);

#endif
