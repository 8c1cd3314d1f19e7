// SPDX-License-Identifier: MIT
#include "text.h"
#include "codepoint.h"

#include <string.h>

/* How long what begins with an ESC is: a terminal acts on it and shows nothing. */
static size_t sequence(struct slice s)
{
	size_t i = 2;

	if (s.n < 2)
		return s.n;
	switch (s.s[1]) {
	case '[': /* parameters, then a letter */
		while (i < s.n && s.s[i] >= ' ' && s.s[i] <= '?')
			i++;
		return i < s.n ? i + 1 : i;
	case ']': /* a title and the like, to a BEL or ESC \ */
		for (; i < s.n; i++) {
			if (s.s[i] == '\a')
				return i + 1;
			if (s.s[i] == '\33')
				return i + 2 > s.n ? s.n : i + 2;
		}
		return 2;
	case '(':
	case ')':
	case '#':
		return s.n < 3 ? s.n : 3;
	default:
		return 2;
	}
}

struct slice slice_shown(struct slice line, char *buf)
{
	size_t n = 0;

	while (line.n) {
		const size_t skip = *line.s == '\33'  ? sequence(line)
				    : *line.s == '\a' ? 1
						      : 0;

		if (!skip)
			buf[n++] = *line.s;
		line.s += skip ? skip : 1;
		line.n -= skip ? skip : 1;
	}
	return (struct slice){ buf, n };
}

static void put_character(uint32_t cp, const char *s, size_t n, FILE *f)
{
	if (cp == '&')
		fputs("&amp;", f);
	else if (cp == '<')
		fputs("&lt;", f);
	else if (cp == '>')
		fputs("&gt;", f);
	else if (cp == '"')
		fputs("&quot;", f);
	else if (cp == '\'')
		fputs("&#39;", f);
	else if (cp == '\t')
		fputc(' ', f);
	else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		fprintf(f, "\\x%02x", cp);
	else if (codepoint_turns(cp) || cp == 0x2028 || cp == 0x2029 || cp == 0xfeff ||
		 (cp & 0xfffe) == 0xfffe || (cp >= 0xfdd0 && cp <= 0xfdef))
		fprintf(f, "\\u{%x}", cp);
	else
		fwrite(s, 1, n, f);
}

void put_text(struct slice s, size_t max, FILE *f)
{
	uint32_t cp = 0;

	for (size_t i = 0; i < s.n; max--) {
		size_t n = codepoint(s.s + i, s.n - i, &cp);

		if (max == 0) {
			fputs("\u2026", f);
			return;
		}
		if (n)
			put_character(cp, s.s + i, n, f);
		else
			fprintf(f, "\\x%02x", (unsigned char)s.s[i]);
		i += n ? n : 1;
	}
}

void put_bytes(double bytes, FILE *f)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	size_t u = 0;

	while (bytes >= 1024 && u < sizeof(units) / sizeof(*units) - 1) {
		bytes /= 1024;
		u++;
	}
	fprintf(f, u ? "%.1f %s" : "%.0f %s", bytes, units[u]);
}

void put_seconds(double seconds, FILE *f)
{
	if (seconds < 9.95)
		fprintf(f, "%.1f s", seconds);
	else if (seconds < 119.5)
		fprintf(f, "%.0f s", seconds);
	else
		fprintf(f, "%ld min %02ld s", (long)(seconds + 0.5) / 60,
			(long)(seconds + 0.5) % 60);
}
