// SPDX-License-Identifier: MIT
#include "jsonread.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { DEEP = 64 };

static char *blanks(char *p)
{
	return p + strspn(p, " \t\r");
}

static int hex4(const char *s, uint32_t *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef";
		const char c = s[i] >= 'A' && s[i] <= 'F' ? (char)(s[i] | 0x20) : s[i];
		const char *at = c ? strchr(digits, c) : NULL;

		if (!at)
			return -EBADMSG;
		*out = *out << 4 | (uint32_t)(at - digits);
	}
	return 0;
}

/* Never longer than what it was written as. Half a pair, and a NUL, are no text. */
static char *put_utf8(char *out, uint32_t c)
{
	if (c == 0 || (c >= 0xd800 && c < 0xe000))
		c = 0xfffd;
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*out++ = (char)(0xe0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	} else {
		*out++ = (char)(0xf0 | c >> 18);
		*out++ = (char)(0x80 | (c >> 12 & 0x3f));
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	}
	return out;
}

/* At the letter after a backslash. NULL if that is no escape. */
static char *escape(char *p, char **out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *which = *p ? strchr(from, *p) : NULL;
	uint32_t c, low;

	if (which) {
		*(*out)++ = to[which - from];
		return p + 1;
	}
	if (*p != 'u' || hex4(p + 1, &c) < 0)
		return NULL;
	p += 5;
	if (c >= 0xd800 && c < 0xdc00 && p[0] == '\\' && p[1] == 'u' &&
		hex4(p + 2, &low) == 0 && low >= 0xdc00 && low < 0xe000) {
		c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
		p += 6;
	}
	*out = put_utf8(*out, c);
	return p;
}

/* At its first quote. Decoded where it stands; what is behind the last, or NULL. */
static char *string(char *p, char **text)
{
	char *out = ++p;

	*text = out;
	while (*p && *p != '"') {
		if (*p != '\\')
			*out++ = *p++;
		else if (!(p = escape(p + 1, &out)))
			return NULL;
	}
	if (*p != '"')
		return NULL;
	*out = '\0';
	return p + 1;
}

/* An object or list, whatever is in it: what is behind it, or NULL. */
static char *pass_over(char *p)
{
	unsigned deep = 0;

	do {
		char *text;

		if (*p == '"') {
			if (!(p = string(p, &text)))
				return NULL;
			continue;
		}
		if (*p == '\0')
			return NULL;
		if (strchr("{[", *p) && ++deep > DEEP)
			return NULL;
		if (strchr("}]", *p))
			deep--;
		p++;
	} while (deep > 0);
	return p;
}

int jsonread_begin(struct jsonread *r, char *line)
{
	*r = (struct jsonread){ .p = blanks(line) };
	if (*r->p != '{')
		return -EBADMSG;
	r->p = blanks(r->p + 1);
	r->last = *r->p == '}';
	return 0;
}

/*
 * A value, and what is behind it; NULL: none. Of a number or word, *end is where its
 * text has to end, once what stands there has been looked at.
 */
static char *value_at(char *p, char **value, char **end)
{
	*end = NULL;
	if (*p == '"')
		return string(p, value);
	*value = p;
	if (*p == '{' || *p == '[') {
		p = pass_over(p);
		*end = *value;
		return p;
	}
	p += strcspn(p, ",} \t\r");
	*end = p;
	return p == *value ? NULL : p;
}

int jsonread_next(struct jsonread *r, char **name, char **value)
{
	char *p = r->p, *end;

	if (r->last)
		return 0;
	if (*p != '"' || !(p = string(p, name)))
		return -EBADMSG;
	p = blanks(p);
	if (*p != ':' || !(p = value_at(blanks(p + 1), value, &end)))
		return -EBADMSG;
	p = blanks(p);
	r->last = *p == '}';
	if (*p != ',' && !(r->last && !*blanks(p + 1)))
		return -EBADMSG;
	r->p = blanks(p + 1);
	if (end)
		*end = '\0';
	return 1;
}
