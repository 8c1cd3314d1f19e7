// SPDX-License-Identifier: MIT
/* owner.h - is the process that a temporary file belongs to still there? */
#ifndef LVMTIDY_OWNER_H
#define LVMTIDY_OWNER_H

#include "names.h"

#include <stdbool.h>

enum owner { OWNER_DEAD, OWNER_ALIVE, OWNER_ELSEWHERE };

struct owners {
	char host[256];	      /* this one, as LVM writes it */
	const char *former;   /* a name that it had; NULL */
	unsigned char *known; /* two bits a process: asked, alive; NULL asks always */
};

/* With remember, each process is asked for only once. */
int owners_start(struct owners *o, const char *former, bool remember);
enum owner owner_of(struct owners *o, const struct name *n);

/* Does any process, in whatever namespace, hold LVM's lock on the file? */
bool owner_has_lock(int dir, const char *name);

void cleanup_owners(struct owners *o);

#endif
