// SPDX-License-Identifier: MIT
/* scratch.h - a folder for the moment. */
#ifndef INITRD_SCRATCH_H
#define INITRD_SCRATCH_H

#include <stddef.h>

/* Makes one below $TMPDIR or /tmp; *path is the caller's, for scratch_gone(). */
int scratch_new(char **path);

/* Writes a file with the folders above it. 0 or a negative errno. */
int scratch_write(const char *path, const void *data, size_t len);

/* Removes it and all in it; a clean-up. */
void scratch_gone(char **path);

#endif
