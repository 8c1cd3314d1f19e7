// SPDX-License-Identifier: MIT
/* nearest.h - which name was meant. */
#ifndef SEEDBED_NEAREST_H
#define SEEDBED_NEAREST_H

#include <stdbool.h>

/* How many characters must change, or change places, to turn one into the other. */
unsigned edit_distance(const char *a, const char *b);

/* Whether a name at that distance is worth suggesting. */
bool near_enough(const char *name, unsigned distance);

#endif
