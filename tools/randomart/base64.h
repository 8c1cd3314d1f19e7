/* base64.h - RFC 4648, as SSH writes keys (padded) and fingerprints (not). */
#ifndef RANDOMART_BASE64_H
#define RANDOMART_BASE64_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes n characters into out, which has room for n / 4 * 3 + 3 bytes.
 * Padding may be there or not. The length, or -EINVAL.
 */
long base64_decode(const char *s, size_t n, uint8_t *out);

/* Encodes without padding; out has room for (n + 2) / 3 * 4 + 1 characters. */
size_t base64_encode(const uint8_t *in, size_t n, char *out);

#endif
