// SPDX-License-Identifier: MIT
/*
 * child.h - other programs that run beside us; run.h has those waited for.
 */
#ifndef SEEDBED_CHILD_H
#define SEEDBED_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct child {
	pid_t pid; /* 0: none */
	int out;   /* what it writes to stdout, a file in memory */
};

/*
 * Starts argv[0] (searched in PATH) with stdin from /dev/null and, when quiet,
 * stderr to it. 0 or a negative errno.
 */
int child_start(struct child *c, const char *const argv[], bool quiet);

/*
 * The same for a program that is not to be trusted with more than some files. Its
 * stdin, stdout and stderr are as above.
 */
struct confine;
int child_start_confined(struct child *c, const char *const argv[], bool quiet,
	const struct confine *files);

/*
 * Waits. Its exit status, 128+N for signal N, or a negative errno. Unless out is
 * NULL, *out is what it wrote (at most max bytes, else -EFBIG), NUL-terminated,
 * the caller's to free whatever the status.
 */
int child_wait(struct child *c, size_t max, char **out, size_t *len);

/* A process's exit status, 128+N for signal N: of wait(2)'s word; waited for (or a
 * negative errno). */
int child_status(int status);
int child_reap(pid_t pid);

/* Ends one that is no longer wanted; harmless on a zeroed struct. */
void child_drop(struct child *c);

#endif
