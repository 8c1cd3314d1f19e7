/* base64.h - bytes as letters that no shell and no debconf touches. */
#ifndef PRESEED_BASE64_H
#define PRESEED_BASE64_H

#include <stddef.h>
#include <stdio.h>

void base64_encode(const void *data, size_t len, FILE *f);

/* The number of bytes put into out; 0 if it is no base64 or too much. */
size_t base64_decode(const char *s, size_t len, unsigned char *out, size_t room);

#endif
