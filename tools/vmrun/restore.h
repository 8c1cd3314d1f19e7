// SPDX-License-Identifier: MIT
/* restore.h - a guest that goes on from where another was saved. */
#ifndef VMRUN_RESTORE_H
#define VMRUN_RESTORE_H

#include "guest.h"

/* A process that ends the guest if this one is killed. 0 or a negative errno. */
int restore_guard(struct run_config *cfg);

/* The guest, paused, or NULL after guest_end() or a signal. */
virDomainPtr restore_guest(struct guest *g);

#endif
