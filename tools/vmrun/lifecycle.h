// SPDX-License-Identifier: MIT
/* lifecycle.h - what libvirt tells of a guest: that it stopped, paused, restarted. */
#ifndef VMRUN_LIFECYCLE_H
#define VMRUN_LIFECYCLE_H

#include "guest.h"

/* How long the streams' rests are waited for, in seconds. */
enum { DRAIN = 5 };

/* 0 or -1 after guest_end(). */
int lifecycle_watch(struct guest *g);
void lifecycle_leave(struct guest *g);

/* It is paused for a reason that was not known: is it known now? */
void lifecycle_paused(struct guest *g);

/* Its kernel said so. */
void lifecycle_panicked(struct guest *g);

#endif
