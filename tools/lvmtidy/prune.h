// SPDX-License-Identifier: MIT
/* prune.h - removes what LVM would agree to lose, under LVM's locks. */
#ifndef LVMTIDY_PRUNE_H
#define LVMTIDY_PRUNE_H

#include "scan.h"

#include <stdio.h>

struct prune {
	const char *path;     /* of the directory, for messages */
	time_t older_than;    /* seconds */
	const char *lock_dir; /* NULL: nobody else works in this directory */
	long wait_ms;
	FILE *dry; /* names go here, and nothing is removed; or NULL */
	const volatile int *stop;
	/* what came of it */
	uint64_t archives, temps, failed;
};

/* After scan(). 0, -EINTR if stopped, -EBUSY if LVM keeps its lock. */
int prune(struct prune *p, struct scan *s);

#endif
