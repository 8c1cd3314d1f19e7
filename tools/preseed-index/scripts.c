// SPDX-License-Identifier: MIT
/*
 * scripts.c - what the installer's shell scripts ask and read.
 *
 * Not a shell: it looks for the calls of debconf's shell library and takes the
 * words after them. A variable as the name is followed to where the same script
 * sets it to a question's name; within a name it is a *.
 */
#include "gather.h"

#include <ctype.h>
#include <string.h>

enum { NAME_MAX_ = 200 };

struct script {
	struct gather *g;
	const struct source *from;
	const char *text, *end;
};

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("/_.+-", c));
}

static bool letter(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Past a variable; false for anything else that begins with a dollar. */
static bool variable(const char **p, const char *end)
{
	const char *s = *p + 1;

	if (s < end && *s == '{') {
		while (s < end && *s != '}' && *s != '\n')
			s++;
		*p = s < end ? s + 1 : end;
		return true;
	}
	if (s + 1 < end && s[0] == '(' && s[1] == '(') {
		while (s + 1 < end && !(s[0] == ')' && s[1] == ')'))
			s++;
		*p = s + 1 < end ? s + 2 : end;
		return true;
	}
	while (s < end && letter(*s))
		s++;
	if (s == *p + 1)
		return false;
	*p = s;
	return true;
}

/*
 * The word from *p on: without quotes, variables as *. False if there is none,
 * or one that is no name. *var is the variable's name where that is all.
 */
static bool word(const char **p, const char *end, char *out, char *var)
{
	const char *s = *p;
	size_t n = 0, v = 0;

	*var = '\0';
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	while (s < end && n < NAME_MAX_ - 1 && v < NAME_MAX_ - 1) {
		if (*s == '"' || *s == '\'') {
			s++;
		} else if (*s == '$') {
			const char *from = s + 1;

			if (!variable(&s, end))
				return false;
			if (n == 0)
				for (; from < s && v < NAME_MAX_ - 1; from++)
					if (letter(*from))
						var[v++] = *from;
			out[n++] = '*';
		} else if (in_name(*s)) {
			out[n++] = *s++;
		} else {
			break;
		}
	}
	out[n] = '\0';
	var[strcmp(out, "*") == 0 ? v : 0] = '\0';
	*p = s;
	return n > 0;
}

static void say(const struct script *s, enum said what, enum qpriority priority,
	const char *name, const char *from)
{
	struct gather *g = s->g;
	struct mention *m;

	if (!strchr(name, '/') || name[0] == '/' || name[0] == '*')
		return;
	g->mention = grow(g->mention, g->mentions, &g->room, sizeof(*g->mention));
	m = &g->mention[g->mentions++];
	*m = (struct mention){ what, priority, pool_strdup(g->pool, name),
		from ? pool_strdup(g->pool, from) : NULL, s->from->package,
		s->from->udeb };
}

/* The call for all that the script ever puts into the variable. */
static void say_values(const struct script *s, enum said what, enum qpriority priority,
	const char *var, const char *from)
{
	size_t len = strlen(var);
	char name[NAME_MAX_], inner[NAME_MAX_];

	for (const char *p = s->text;
		(p = memmem(p, (size_t)(s->end - p), var, len)) != NULL; p += len) {
		const char *value = p + len + 1;

		if (p + len >= s->end || p[len] != '=' ||
			(p > s->text && letter(p[-1])))
			continue;
		if (word(&value, s->end, name, inner) && !*inner)
			say(s, what, priority, name, from);
	}
}

static void call(const struct script *s, enum said what, const char *p)
{
	char first[NAME_MAX_] = "", name[NAME_MAX_], var[NAME_MAX_];
	enum qpriority priority = QP_NONE;
	const char *from = NULL;

	if (what != SAID_GET && !word(&p, s->end, first, var))
		return;
	if (!word(&p, s->end, name, var))
		return;
	if (what == SAID_INPUT)
		priority = qpriority_find(first, strlen(first));
	if (what == SAID_REGISTER && !strchr(first, '*'))
		from = first;
	if (*var)
		say_values(s, what, priority, var, from);
	else
		say(s, what, priority, name, from);
}

/* The length of a question's name at p, which a NUL ends; 0 if it is none. */
static size_t name_at(const char *p, const char *end)
{
	size_t n = 0, slashes = 0;

	while (p + n < end && n < NAME_MAX_ && in_name(p[n]) && p[n])
		slashes += p[n++] == '/';
	if (p + n == end || p[n] || n < 5 || !slashes || !islower((unsigned char)*p) ||
		p[n - 1] == '/' || memmem(p, n, "//", 2))
		return 0;
	return n;
}

void program_read(
	struct gather *g, const struct source *from, const char *data, size_t len)
{
	const struct script s = { g, from, data, data + len };

	if (len < 4 || memcmp(data, "\177ELF", 4) != 0)
		return;
	for (const char *p = data; p && p < s.end;) {
		size_t n = name_at(p, s.end);

		if (n)
			say(&s, SAID_PROGRAM, QP_NONE, p, NULL);
		p = memchr(p, '\0', (size_t)(s.end - p));
		while (p && p < s.end && !*p)
			p++;
	}
}

void script_read(
	struct gather *g, const struct source *from, const char *text, size_t len)
{
	static const struct {
		const char *name;
		enum said what;
	} calls[] = {
		{ "db_input", SAID_INPUT },
		{ "debconf_select", SAID_INPUT },
		{ "db_get", SAID_GET },
		{ "db_register", SAID_REGISTER },
	};
	const struct script s = { g, from, text, text + len };

	/* programs and data have NULs soon */
	if (memchr(text, '\0', len < 4096 ? len : 4096))
		return;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		size_t n = strlen(calls[i].name);

		for (const char *p = text;
			(p = memmem(p, (size_t)(s.end - p), calls[i].name, n)); p += n)
			if ((p == text || !letter(p[-1])) && p + n < s.end &&
				(p[n] == ' ' || p[n] == '\t'))
				call(&s, calls[i].what, p + n);
	}
}
