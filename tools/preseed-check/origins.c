// SPDX-License-Identifier: MIT
/* origins.c - lines of ORIGIN<TAB>OWNER QUESTION TYPE VALUE<TAB>(KEY: ORIGIN; ...). */
#include "origins.h"

#include <ctype.h>
#include <string.h>

/* FILE:LINE of s, len bytes long? */
static bool is_line(const char *s, size_t len)
{
	size_t n = len;

	while (n && isdigit((unsigned char)s[n - 1]))
		n--;
	return n && n < len && s[n - 1] == ':';
}

/* The recipe's line that gave a key its value says more than the fragment's. */
static const char *recipe_line(struct pool *p, const char *keys)
{
	while ((keys = strstr(keys, ": "))) {
		size_t n;

		keys += 2;
		n = strcspn(keys, ";)");
		if (is_line(keys, n))
			return pool_strndup(p, keys, n);
	}
	return NULL;
}

/* A key's line, as the recipe has it: what is wrong with one word may be from there. */
static bool key(char *line, char *said, struct origin *o)
{
	*o = (struct origin){ "", said, line };
	return is_line(line, strlen(line));
}

static bool answer(struct pool *p, char *line, struct origin *o)
{
	char *said = strchr(line, '\t'), *keys, *question, *value;

	if (!said)
		return false;
	*said++ = '\0';
	keys = strchr(said, '\t');
	if (keys)
		*keys++ = '\0';
	question = said + strcspn(said, " ");
	value = *question ? question + 1 + strcspn(question + 1, " ") : question;
	if (!*value || !memchr(question, '/', (size_t)(value - question)))
		return key(line, said, o);
	question++;
	*value++ = '\0';
	value += strcspn(value, " "); /* the type */
	*o = (struct origin){ question, *value ? value + 1 : value, NULL };
	if (keys)
		o->from = recipe_line(p, keys);
	if (!o->from)
		o->from = line;
	return true;
}

const struct origin *origins_read(struct pool *p, const char *text, size_t *n)
{
	char *copy = pool_strdup(p, text), *save = NULL;
	struct origin *list;
	size_t lines = 1;

	for (const char *s = text; (s = strchr(s, '\n')); s++)
		lines++;
	list = pool_alloc(p, lines * sizeof(*list));
	*n = 0;
	for (char *s = strtok_r(copy, "\n", &save); s; s = strtok_r(NULL, "\n", &save))
		if (answer(p, s, &list[*n]))
			++*n;
	return list;
}
