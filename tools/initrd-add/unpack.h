/* unpack.h - takes gzip, xz and zstd off a piece of memory. */
#ifndef INITRD_UNPACK_H
#define INITRD_UNPACK_H

#include <stddef.h>

/*
 * Decompresses what begins at buf into *out (allocated, *size bytes and a NUL).
 * *used is where the compressed data ends: something else may follow. Returns
 * 0, or a negative errno, and *why says what is wrong.
 */
int unpack(const char *buf, size_t len, size_t max, char **out, size_t *size,
	size_t *used, const char **why);

#endif
