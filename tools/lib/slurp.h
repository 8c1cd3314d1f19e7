// SPDX-License-Identifier: MIT
/* slurp.h - a whole file in memory. */
#ifndef SEEDBED_SLURP_H
#define SEEDBED_SLURP_H

#include <stddef.h>

/*
 * The bytes of the file path ("-": standard input), with a NUL after them,
 * allocated. 0 or a negative errno: -EFBIG over max, -EISDIR and the like, -EINTR
 * where a signal was caught.
 */
int slurp_file(const char *path, size_t max, char **out, size_t *len);

/* The same of what is open, from where it stands, whatever signals come. */
int slurp_fd(int fd, size_t max, char **out, size_t *len);

#endif
