// SPDX-License-Identifier: MIT
/*
 * run.h - other programs, started from an argv and never through a shell.
 */
#ifndef SEEDBED_RUN_H
#define SEEDBED_RUN_H

#include <stddef.h>

/*
 * Runs argv[0] (searched in PATH) with stdin from /dev/null and waits. Returns
 * its exit status (0-255), 128+N if signal N ended it, or a negative errno if
 * it could not be started (-ENOENT: not installed).
 */
int run(const char *const argv[]);

/*
 * The same; what it writes to stdout (at most max bytes, else -EFBIG) is put
 * into *out, allocated, NUL-terminated, *len bytes long, the caller's to free.
 */
int run_capture(const char *const argv[], size_t max, char **out, size_t *len);

#endif
