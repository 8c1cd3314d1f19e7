// SPDX-License-Identifier: MIT
#include "panic.h"

#include <stdlib.h>
#include <string.h>

static const char head[] = "Kernel panic - not syncing: ";

/* Past "[   22.785614] ", which kernels can do without. */
static const char *unstamped(const char *s)
{
	const char *end;

	while (*s == '[' && (end = strchr(s, ']')))
		s = end + 1 + strspn(end + 1, " ");
	return s;
}

static void end_of_line(struct panic *p)
{
	const char *s;

	p->line[p->len] = '\0';
	p->line[strcspn(p->line, "\r")] = '\0';
	p->len = 0;
	s = unstamped(p->line);
	if (!p->why && strncmp(s, head, sizeof(head) - 1) == 0)
		p->why = strdup(s + sizeof(head) - 1);
}

void panic_feed(struct panic *p, const char *data, size_t n)
{
	while (n && !p->why) {
		const char *nl = memchr(data, '\n', n);
		const size_t part = nl ? (size_t)(nl - data) : n;
		const size_t room = sizeof(p->line) - 1 - p->len;
		const size_t kept = part < room ? part : room;

		memcpy(p->line + p->len, data, kept);
		p->len += kept;
		if (!nl)
			break;
		end_of_line(p);
		data += part + 1;
		n -= part + 1;
	}
}

void panic_free(struct panic *p)
{
	free(p->why);
	p->why = NULL;
}
