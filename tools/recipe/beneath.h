// SPDX-License-Identifier: MIT
/* beneath.h - files of a folder and of nowhere else. */
#ifndef PRESEED_BENEATH_H
#define PRESEED_BENEATH_H

#include <stddef.h>

/*
 * Opens a regular file for reading whose path, symbolic links and all, stays
 * beneath the folder dir. A descriptor or a negative errno; -EXDEV when the
 * path leads out.
 */
int beneath_open(int dir, const char *path);

/* Its whole content, allocated and NUL-terminated; -EFBIG if over max. */
int beneath_read(int dir, const char *path, size_t max, char **text, size_t *len);

/* In words, for a negative errno of the above. */
const char *beneath_reason(int err);

#endif
