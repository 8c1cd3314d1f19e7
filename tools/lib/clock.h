// SPDX-License-Identifier: MIT
/* clock.h - time that nobody sets. */
#ifndef SEEDBED_CLOCK_H
#define SEEDBED_CLOCK_H

/* Seconds on the monotonic clock. */
double clock_seconds(void);

#endif
