// SPDX-License-Identifier: MIT
/*
 * pump.h - bytes on their way to a reader who may be slow: a pipe, a terminal.
 *
 * A thread writes them, and waits where they are not taken; who puts them never does.
 */
#ifndef VMRUN_PUMP_H
#define VMRUN_PUMP_H

#include <stddef.h>

struct pump;

/* To the descriptor, of which at most max bytes wait. 0 or a negative errno. */
int pump_start(struct pump **p, int fd, unsigned long long max);

/* 0; -ENOBUFS: so many wait; or a negative errno of writing what was put before. */
int pump_put(struct pump *p, const char *data, size_t n);

/* How much waits; 0 after an error, too. */
unsigned long long pump_waits(struct pump *p);

/*
 * No more comes. 0; -ETIMEDOUT: something waits still, and its thread with it until the
 * process ends; or a negative errno of writing.
 */
int pump_end(struct pump *p);

#endif
