// SPDX-License-Identifier: MIT
/* names.h - words that are looked up again and again, each as a number from 0 on. */
#ifndef APPLIANCE_OUTDATED_NAMES_H
#define APPLIANCE_OUTDATED_NAMES_H

#include "pool.h"
#include "slice.h"

#include <stdint.h>

struct names {
	struct slice *list; /* by number; not owned */
	size_t n, room;
	uint32_t *slot; /* number + 1, or 0 */
	size_t slots;	/* a power of two */
	struct pool pool;
};

enum { NAME_NONE = -1 };

/* Its number, NAME_NONE if it has none yet. */
long names_find(const struct names *t, struct slice name);

/* Its number, from now on if it had none. The bytes stay the caller's, and stay. */
long names_add(struct names *t, struct slice name);

void names_end(struct names *t);

#endif
