// SPDX-License-Identifier: MIT
/* script.c - where a command of a preseed file stands, and what is wrong with it. */
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *program_name(const char *word)
{
	const char *slash = strrchr(word, '/');

	return slash ? slash + 1 : word;
}

size_t script_place(const struct script *s, size_t at)
{
	return s->a->value.at + (s->map ? s->map[at] : at);
}

void script_found(const struct script *s, const struct token *t, enum level level,
	enum rule rule, const char *fmt, ...)
{
	size_t at = script_place(s, t->at), end = script_place(s, t->at + t->len);
	char *message = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&message, fmt, ap) < 0)
		message = NULL;
	va_end(ap);
	found(s->c, s->a, at, end > at ? end - at : 1, level, rule, "%s",
		message ? message : fmt);
	free(message);
}
