// SPDX-License-Identifier: MIT
/* utf8.c - whether text is plain text. */
#include "utf8.h"
#include "codepoint.h"

static const char *fault_of(uint32_t c)
{
	if (c == 0)
		return "a NUL byte";
	if (c == '\r')
		return "a carriage return (lines end with a line feed alone)";
	if ((c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0))
		return "a control character";
	if (codepoint_turns(c))
		return "a mark that changes the direction of text";
	if (c == 0x2028 || c == 0x2029 || c == 0xfeff)
		return "an invisible character (line separator or byte order mark)";
	return NULL;
}

const char *text_fault(const char *s, size_t len)
{
	uint32_t c = 0;

	for (size_t i = 0; i < len;) {
		size_t n = codepoint(s + i, len - i, &c);
		const char *fault = n ? fault_of(c) : "not UTF-8";

		if (fault)
			return fault;
		i += n;
	}
	return NULL;
}
