// SPDX-License-Identifier: MIT
/* parent.h - a program that makes no sense without the one that started it. */
#ifndef SEEDBED_PARENT_H
#define SEEDBED_PARENT_H

#include <sys/types.h>

/*
 * From now on the end of parent, however it ends, is a SIGTERM here. Asked for
 * after any change of user, which takes it back; parent is what getppid() said at
 * the start, so that one that ended before is noticed: -ESRCH. 0 when it holds.
 */
int end_with(pid_t parent);

#endif
