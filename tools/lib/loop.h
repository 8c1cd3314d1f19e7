// SPDX-License-Identifier: MIT
/* loop.h - a file as a block device that is gone when its last user is. */
#ifndef SEEDBED_LOOP_H
#define SEEDBED_LOOP_H

#include <stdbool.h>

/*
 * Attaches the file that fd is open on to a free loop device and returns it,
 * open; its path is put into dev. It detaches itself once nothing holds it
 * open any more. A negative errno otherwise.
 */
int loop_attach(int fd, bool readonly, char dev[32]);

#endif
