// SPDX-License-Identifier: MIT
/*
 * atomicfile.h - a file that is there whole or not at all.
 *
 * Written beside its target under a name of its own and renamed over it by
 * atomic_commit(); atomic_drop() (also as a clean-up) takes back what was not
 * committed. The path "-" or NULL is standard output, written straight through;
 * so is a device or a pipe, which a rename would replace.
 */
#ifndef SEEDBED_ATOMICFILE_H
#define SEEDBED_ATOMICFILE_H

#include <stdio.h>
#include <sys/types.h>

struct atomicfile {
	FILE *f;    /* write here */
	char *path; /* the target; NULL for standard output */
	char *tmp;  /* what is there meanwhile */
};

/* 0, or a negative errno. The mode is what the umask leaves of 0666. */
int atomic_open(struct atomicfile *a, const char *path);

/* The same with this mode from the first, as of what others may not read. */
int atomic_open_mode(struct atomicfile *a, const char *path, mode_t mode);

/* Flushes, checks for lost writes, renames. 0 or a negative errno. */
int atomic_commit(struct atomicfile *a);

/* Nothing left behind; harmless after a commit and on a zeroed struct. */
void atomic_drop(struct atomicfile *a);

#endif
