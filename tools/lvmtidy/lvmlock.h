// SPDX-License-Identifier: MIT
/*
 * lvmlock.h - LVM's own locks, by its own rules: flock() on files that come
 * and go in its locking directory.
 */
#ifndef LVMTIDY_LVMLOCK_H
#define LVMTIDY_LVMLOCK_H

#include <stddef.h>

struct lvmlock {
	const char *dir;
	char **names; /* P_global, then V_GROUP..., in LVM's order */
	int *fds;     /* -1 where not held */
	size_t n, room;
};

/* dir NULL: no locks at all. 0 or -ENOMEM. */
int lvmlock_start(struct lvmlock *l, const char *dir, size_t room);
int lvmlock_add(struct lvmlock *l, const char *prefix, const char *name);

/*
 * All, exclusively, or none: 0, -EBUSY when wait_ms have passed, -EINTR when
 * *stop was set, else a negative errno. Never waits while it holds a part.
 */
int lvmlock_take(struct lvmlock *l, long wait_ms, const volatile int *stop);
void lvmlock_drop(struct lvmlock *l);

void lvmlock_clear(struct lvmlock *l); /* drops and forgets the names */
void cleanup_lvmlock(struct lvmlock *l);

#endif
