// SPDX-License-Identifier: MIT
#include "stanza.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static const char *line_end(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return nl ? nl : end;
}

static const char *past(const char *line, const char *end)
{
	return line < end ? line + 1 : end;
}

int field_next(const char **p, const char *end, struct field *f)
{
	const char *s = *p, *colon, *eol;

	if (s == end)
		return -ENOENT;
	if (*s == '\n') {
		while (s < end && *s == '\n')
			s++;
		*p = s;
		return 0;
	}
	eol = line_end(s, end);
	colon = memchr(s, ':', (size_t)(eol - s));
	if (!colon || colon == s || *s == ' ' || *s == '\t')
		return -EBADMSG;
	f->name = s;
	f->namelen = (size_t)(colon - s);
	f->value = colon + 1;
	while (f->value < eol && (*f->value == ' ' || *f->value == '\t'))
		f->value++;
	f->valuelen = (size_t)(eol - f->value);
	s = past(eol, end);
	while (s < end && (*s == ' ' || *s == '\t'))
		s = past(line_end(s, end), end);
	if (memchr(f->name, '\0', (size_t)(s - f->name)))
		return -EBADMSG;
	*p = f->end = s;
	return 1;
}

bool field_is(const struct field *f, const char *name)
{
	return strlen(name) == f->namelen &&
	       strncasecmp(f->name, name, f->namelen) == 0;
}

char *field_value(const struct field *f)
{
	return strndup(f->value, f->valuelen);
}

unsigned line_of(const char *text, const char *p)
{
	unsigned line = 1;

	for (; text < p; text++)
		line += *text == '\n';
	return line;
}
