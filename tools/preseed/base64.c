/* base64.c - RFC 4648, one line, with padding. */
#include "base64.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *data, size_t len, FILE *f)
{
	const unsigned char *b = data;

	for (; len; b += 3) {
		unsigned v = (unsigned)b[0] << 16;
		size_t n = len < 3 ? len : 3;

		if (n > 1)
			v |= (unsigned)b[1] << 8;
		if (n > 2)
			v |= b[2];
		fputc(alphabet[v >> 18], f);
		fputc(alphabet[v >> 12 & 63], f);
		fputc(n > 1 ? alphabet[v >> 6 & 63] : '=', f);
		fputc(n > 2 ? alphabet[v & 63] : '=', f);
		len -= n;
	}
}

size_t base64_decode(const char *s, size_t len, unsigned char *out, size_t room)
{
	size_t n = 0;
	unsigned v = 0, bits = 0;

	if (len % 4)
		return 0;
	for (int pad = 0; pad < 2 && len && s[len - 1] == '='; pad++)
		len--;
	for (size_t i = 0; i < len; i++) {
		const char *at = s[i] ? strchr(alphabet, s[i]) : NULL;

		if (!at)
			return 0;
		v = v << 6 | (unsigned)(at - alphabet);
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		if (n == room)
			return 0;
		out[n++] = (unsigned char)(v >> bits);
	}
	return n;
}
