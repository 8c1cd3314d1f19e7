// SPDX-License-Identifier: MIT
/* clock.h - time that nobody sets. */
#ifndef SEEDBED_CLOCK_H
#define SEEDBED_CLOCK_H

#include <stdint.h>

/* The monotonic clock, in nanoseconds and in seconds. */
int64_t clock_ns(void);
double clock_seconds(void);

#endif
