// SPDX-License-Identifier: MIT
/* command.h - what is run once the guest has come to a step (--at, --until). */
#ifndef VMRUN_COMMAND_H
#define VMRUN_COMMAND_H

#include "guest.h"

/* The guest said this step. */
void command_at_step(struct guest *g, const char *step);

int command_runs(const struct guest *g);

/*
 * It is told to end; called again, it is looked after: one that has not ended within
 * the grace is killed.
 */
void command_stop(struct guest *g);

#endif
