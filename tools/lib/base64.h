// SPDX-License-Identifier: MIT
/* base64.h - RFC 4648, in one line: bytes as letters that no shell and no debconf
 * touches. */
#ifndef SEEDBED_BASE64_H
#define SEEDBED_BASE64_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Decodes n characters into out. Padding may be there or not. The length, or
 * -EINVAL, or -ENOSPC where it is more than room; never so if room is n / 4 * 3 + 2.
 */
long base64_decode(const char *s, size_t n, void *out, size_t room);

/* Without padding; out has room for (n + 2) / 3 * 4 + 1 characters. Their number. */
size_t base64_encode(const void *in, size_t n, char *out);

/* With padding. */
void base64_write(const void *in, size_t n, FILE *f);

#endif
