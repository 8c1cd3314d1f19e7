// SPDX-License-Identifier: MIT
/* network.h - the machine's one card, as netplan has it. */
#ifndef AUTOINSTALL_NETWORK_H
#define AUTOINSTALL_NETWORK_H

#include "plan.h"
#include "yaml-out.h"

/* The value of "network". */
void network_write(const struct plan *p, struct out *o);

#endif
