// SPDX-License-Identifier: MIT
#include "base64.h"

#include <errno.h>

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* What each byte stands for, plus one; so that 0 is "nothing". */
static uint8_t value[256];

__attribute__((constructor)) static void fill_value(void)
{
	for (unsigned i = 0; i < 64; i++)
		value[(unsigned char)alphabet[i]] = (uint8_t)(i + 1);
}

long base64_decode(const char *s, size_t n, void *out, size_t room)
{
	uint8_t *o = out;
	uint32_t bits = 0;
	unsigned have = 0;

	if (n > 0 && n % 4 == 0 && s[n - 1] == '=')
		n -= s[n - 2] == '=' ? 2 : 1;
	if (n / 4 * 3 + n % 4 * 3 / 4 > room)
		return -ENOSPC;
	for (size_t i = 0; i < n; i++) {
		unsigned v = value[(unsigned char)s[i]];

		if (v == 0)
			return -EINVAL;
		bits = bits << 6 | (v - 1);
		if ((have += 6) >= 8)
			*o++ = (uint8_t)(bits >> (have -= 8));
	}
	/* A lone character carries no byte, and left-over bits are zero. */
	if (n % 4 == 1 || (bits & ((1U << have) - 1)))
		return -EINVAL;
	return o - (uint8_t *)out;
}

size_t base64_encode(const void *in, size_t n, char *out)
{
	const uint8_t *b = in;
	char *o = out;
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < n; i++) {
		bits = bits << 8 | b[i];
		for (have += 8; have >= 6;)
			*o++ = alphabet[bits >> (have -= 6) & 63];
	}
	if (have)
		*o++ = alphabet[bits << (6 - have) & 63];
	*o = '\0';
	return (size_t)(o - out);
}

void base64_write(const void *in, size_t n, FILE *f)
{
	enum { PIECE = 48 };
	const uint8_t *b = in;
	char text[PIECE / 3 * 4 + 1];

	for (; n > PIECE; b += PIECE, n -= PIECE) {
		base64_encode(b, PIECE, text);
		fputs(text, f);
	}
	for (size_t k = base64_encode(b, n, text); k % 4; k++)
		text[k] = '=', text[k + 1] = '\0';
	fputs(text, f);
}
