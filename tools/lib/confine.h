// SPDX-License-Identifier: MIT
/*
 * confine.h - what reads an image as its own reader (grub-fstest, e2fsck, mtools) may
 * meet a file that was made to break it: it gets that file and no more.
 *
 * Called by root, such a program runs as nobody, without a network. For whoever calls, it
 * opens files of the system and those it is given, and no others (Landlock, where the
 * kernel has it), makes no socket, traces no process and gains no privilege.
 */
#ifndef SEEDBED_CONFINE_H
#define SEEDBED_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

enum { CONFINE_FILES = 4 };

struct confine {
	int files[CONFINE_FILES]; /* stay open, to be opened again by /proc/self/fd/N */
	size_t n;
	bool write; /* into them, too */
};

/*
 * For a child between fork() and exec() of program. 0 or a negative errno; then it
 * must not go on.
 */
int confine(const struct confine *c, const char *program);

/* "/proc/self/fd/N", as the child will have it. */
void confine_path(int fd, char path[32]);

#endif
