// SPDX-License-Identifier: MIT
/* unpack.h - takes gzip, xz and zstd off a piece of memory. */
#ifndef INITRD_UNPACK_H
#define INITRD_UNPACK_H

#include <stddef.h>

/*
 * Decompresses what begins at buf, one member, stream or frame as the kernel does, into
 * *out (allocated, *size bytes and a NUL).
 * *used is where that ends: more may follow. Returns 0, or a negative errno, and
 * *why says what is wrong, or why a kernel would not have it.
 */
int unpack(const char *buf, size_t len, size_t max, char **out, size_t *size,
	size_t *used, const char **why);

#endif
