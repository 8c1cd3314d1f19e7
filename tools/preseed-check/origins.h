// SPDX-License-Identifier: MIT
/* origins.h - what `preseed --explain` says of where answers come from. */
#ifndef CHECK_ORIGINS_H
#define CHECK_ORIGINS_H

#include "check.h"

/* The lines of such a text; those that are no answers are passed by. */
const struct origin *origins_read(struct pool *p, const char *text, size_t *n);

#endif
