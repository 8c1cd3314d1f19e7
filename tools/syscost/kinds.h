// SPDX-License-Identifier: MIT
/* kinds.h - what is measured: a table for each way over the kernel's edge. */
#ifndef SYSCOST_KINDS_H
#define SYSCOST_KINDS_H

#include "measure.h"

/* Each ends with one that has no name. */
extern const struct kind call_kinds[];	/* one thread and the kernel */
extern const struct kind pair_kinds[];	/* two threads or processes */
extern const struct kind spawn_kinds[]; /* a new process */

/*
 * Writes the smallest program there is, one that ends at once, into memory, and
 * its name to path. 0 or a negative errno: not on this architecture.
 */
int tiny_program(char *path, size_t room);

#endif
