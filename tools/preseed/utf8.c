/* utf8.c - whether text is plain text. */
#include "utf8.h"

#include <stdint.h>

/* The length of the character at s, 0 if there is none; its number in *cp. */
static size_t decode(const unsigned char *s, size_t len, uint32_t *cp)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *s < 0x80   ? 1
		   : *s < 0xc2 ? 0
		   : *s < 0xe0 ? 2
		   : *s < 0xf0 ? 3
		   : *s < 0xf5 ? 4
			       : 0;

	if (n == 0 || n > len)
		return 0;
	*cp = n == 1 ? *s : *s & (0xffU >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3f);
	}
	if (*cp < smallest[n] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp < 0xe000))
		return 0;
	return n;
}

static const char *fault_of(uint32_t c)
{
	if (c == 0)
		return "a NUL byte";
	if (c == '\r')
		return "a carriage return (lines end with a line feed alone)";
	if ((c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0))
		return "a control character";
	if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
		c == 0x200e || c == 0x200f)
		return "a mark that changes the direction of text";
	if (c == 0x2028 || c == 0x2029 || c == 0xfeff)
		return "an invisible character (line separator or byte order mark)";
	return NULL;
}

const char *text_fault(const char *s, size_t len)
{
	const unsigned char *b = (const unsigned char *)s;
	uint32_t c = 0;

	for (size_t i = 0; i < len;) {
		size_t n = decode(b + i, len - i, &c);
		const char *fault = n ? fault_of(c) : "not UTF-8";

		if (fault)
			return fault;
		i += n;
	}
	return NULL;
}
