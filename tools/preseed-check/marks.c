// SPDX-License-Identifier: MIT
/* marks.c - quotes around an answer and comments behind it, which are part of it. */
#include "check.h"

#include <string.h>

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

/* The value is a shell's, or a text in which both may be meant. */
static bool shell(const char *q)
{
	return ends_with(q, "_command") || ends_with(q, "/run");
}

static bool free_text(const struct answer *a)
{
	const char *q = a->question.s;

	return ends_with(q, "/comment") || ends_with(q, "fullname") ||
	       ends_with(q, "/motd") ||
	       (strcmp(a->type.s, "password") == 0 && !ends_with(q, "rypted"));
}

/* One pair of quotes around all of it. */
static bool quoted(const char *v)
{
	size_t n = strlen(v);

	return n > 1 && (*v == '"' || *v == '\'') && v[n - 1] == *v &&
	       !memchr(v + 1, *v, n - 2);
}

/* Where a # stands that begins what looks like a comment; the length if none does. */
static size_t comment(const char *v)
{
	for (size_t i = 0; v[i]; i++)
		if (v[i] == '#' && (i == 0 || strchr(" \t", v[i - 1])) &&
			(!v[i + 1] || strchr(" \t#", v[i + 1]) ||
				(i && v[i + 1] != '!')))
			return i;
	return strlen(v);
}

/* In booleans and choices the rules for those say it. */
static bool by_choices(const struct answer *a)
{
	enum qtype type = a->q ? (enum qtype)a->q->type
			       : qtype_find(a->type.s, strlen(a->type.s));

	return type == QT_BOOLEAN || a->seen;
}

static bool hashed(const struct answer *a)
{
	const char *v = a->value.s;

	return v[comment(v)] && !by_choices(a) && !shell(a->question.s) &&
	       !free_text(a) && !ends_with(a->question.s, "-raid/recipe");
}

static bool in_quotes(const struct answer *a)
{
	const char *q = a->question.s;

	if (shell(q))
		return quoted(a->value.s) && strchr(a->value.s, ' ');
	return quoted(a->value.s);
}

bool marked(const struct check *c, const struct answer *a)
{
	return !filled_in(c, a->value.s) && (hashed(a) || in_quotes(a));
}

/* Quotes around names of a list, or just one of a pair. */
static void quote_in_list(struct check *c, const struct answer *a)
{
	const char *v = a->value.s, *q = strpbrk(v, "\"'");

	if (!q || filled_in(c, v) ||
		(strcmp(a->question.s, "pkgsel/include") != 0 &&
			strcmp(a->type.s, "multiselect") != 0))
		return;
	found(c, a, a->value.at + (size_t)(q - v), 1, LEVEL_ERROR, R_QUOTES,
		"the quotes are part of the answer: a list has none");
}

void check_marks(struct check *c, const struct answer *a)
{
	const char *v = a->value.s;
	size_t n = strlen(v), at = comment(v);

	if (filled_in(c, v))
		return;
	if (in_quotes(a)) {
		found(c, a, a->value.at, n, free_text(a) ? LEVEL_WARNING : LEVEL_ERROR,
			R_QUOTES,
			n == 2 ? "the quotes are the answer: leave the value away for "
				 "an empty one"
			: shell(a->question.s)
				? "the quotes are part of the command: to the shell "
				  "all "
				  "of it is one word, the name of a program"
				: "the quotes are part of the answer: %s",
			v);
		mend(c, a, a->value.at, n, pool_strndup(c->pool, v + 1, n - 2));
	} else if (hashed(a)) {
		found(c, a, a->value.at + at, n - at, LEVEL_ERROR, R_COMMENT,
			"a # here begins no comment: it and what follows are part of "
			"the "
			"answer");
		while (at && strchr(" \t", v[at - 1]))
			at--;
		mend(c, a, a->value.at + at, n - at, "");
	} else {
		quote_in_list(c, a);
	}
}
