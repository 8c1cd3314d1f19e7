// SPDX-License-Identifier: MIT
/* ports.h - what the guest writes: from libvirt's streams to files and words. */
#ifndef VMRUN_PORTS_H
#define VMRUN_PORTS_H

#include "guest.h"

/* 0 or -1 after guest_end(). */
int ports_open(struct guest *g);
int ports_open_count(const struct guest *g);
void ports_close(struct guest *g);

#endif
