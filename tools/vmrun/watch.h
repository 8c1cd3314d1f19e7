// SPDX-License-Identifier: MIT
/* watch.h - the thread that asks for the disks' and nets' counts. */
#ifndef VMRUN_WATCH_H
#define VMRUN_WATCH_H

#include "guest.h"

int watch_start(struct guest *g);
void watch_stop(struct guest *g);

#endif
