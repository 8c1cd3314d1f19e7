// SPDX-License-Identifier: MIT
/* value.c - whether an answer is one of those that there are. */
#include "check.h"
#include "nearest.h"

#include <string.h>
#include <strings.h>

static bool member(const char *choices, const char *s, size_t len)
{
	for (; *choices; choices += strcspn(choices, "\n") + 1)
		if (strcspn(choices, "\n") == len && memcmp(choices, s, len) == 0)
			return true;
	return false;
}

bool choice_known(const char *choices, const char *s)
{
	return member(choices, s, strlen(s));
}

/* The choice that people see as these words, in some language. */
static const char *behind(struct pool *p, const char *shown, const char *s, size_t len)
{
	for (; *shown; shown += strcspn(shown, "\n") + 1) {
		size_t n = strcspn(shown, "\t"), m = strcspn(shown + n + 1, "\n");

		if (m == len && memcmp(shown + n + 1, s, len) == 0)
			return pool_strndup(p, shown, n);
		shown += n + 1;
	}
	return NULL;
}

/* The choice that was meant: but for case, else the nearest; NULL. */
static const char *near_choice(
	struct pool *p, const char *choices, const char *s, bool *same)
{
	const char *best = NULL;
	unsigned least = 0;

	*same = false;
	for (; *choices; choices += strcspn(choices, "\n") + 1) {
		const char *one = pool_strndup(p, choices, strcspn(choices, "\n"));
		unsigned d = edit_distance(one, s);

		if (strcasecmp(one, s) == 0) {
			*same = true;
			return one;
		}
		if (near_enough(s, d) && (!best || d < least)) {
			best = one;
			least = d;
		}
	}
	return best;
}

static char *listed(struct check *c, const char *choices)
{
	size_t len = strlen(choices);
	char *s = pool_strndup(c->pool, choices, len < 200 ? len : 200), *nl;

	if (len < 200 && len)
		s[len - 1] = '\0';
	for (nl = s; (nl = strchr(nl, '\n')); nl++)
		*nl = '|';
	return s;
}

/* LAYOUT or LAYOUT(VARIANT) of a layout that is in the list: the script takes it. */
static bool keymap(const char *choices, const char *s)
{
	size_t len = strcspn(s, "(");

	for (; *choices; choices += strcspn(choices, "\n") + 1)
		if (strcspn(choices, "(\n") == len && memcmp(choices, s, len) == 0)
			return true;
	return false;
}

static void one_choice(struct check *c, const struct answer *a, size_t at, size_t len)
{
	const char *choices = qindex_text(c->index, a->q->choices);
	const char *value = pool_strndup(c->pool, a->text + at, len), *right;
	bool same;
	bool layout = strcmp(a->question.s, "keyboard-configuration/xkb-keymap") == 0;
	/* XKB has layouts that the list has not */
	enum level level = layout ? LEVEL_WARNING : LEVEL_ERROR;

	if (len == 0 || member(choices, value, len) || strchr(value, '$') ||
		(layout && keymap(choices, value)))
		return;
	right = behind(c->pool, qindex_text(c->index, a->q->shown), value, len);
	if (right) {
		found(c, a, at, len, level, R_LOCALISED,
			"\"%s\" is what people see; the answer is %s", value, right);
		mend(c, a, at, len, right);
		return;
	}
	if (a->q->flags & QF_DYNAMIC)
		return;
	right = near_choice(c->pool, choices, value, &same);
	if (len < 3 && !same)
		right = NULL; /* any two such words are near */
	found(c, a, at, len, level, R_CHOICE,
		"%s is none of the choices of %s: %s%s%s%s", value, a->question.s,
		right ? "did you mean " : "", right ? right : listed(c, choices),
		right			? "?"
		: strlen(choices) < 200 ? ""
					: "...",
		strchr(value, '#') ? " (a # here begins no comment)" : "");
	if (same)
		mend(c, a, at, len, right);
}

static void choices(struct check *c, const struct answer *a)
{
	const char *v = a->value.s;
	bool many = a->q->type == QT_MULTISELECT;

	if (!*qindex_text(c->index, a->q->choices))
		return;
	for (size_t at = 0; v[at];) {
		size_t n = many ? strcspn(v + at, ",") : strlen(v), end = at + n;

		while (v[at] == ' ')
			at++;
		for (n = end; n > at && v[n - 1] == ' ';)
			n--;
		one_choice(c, a, a->value.at + at, n - at);
		at = end + (v[end] == ',');
	}
}

static void boolean(struct check *c, const struct answer *a)
{
	static const struct {
		const char *word, *means;
	} words[] = { { "yes", "true" }, { "no", "false" }, { "on", "true" },
		{ "off", "false" }, { "1", "true" }, { "0", "false" },
		{ "true", "true" }, { "false", "false" }, { "y", "true" },
		{ "n", "false" } };
	const char *v = a->value.s;
	size_t len = strlen(v);

	if (strcmp(v, "true") == 0 || strcmp(v, "false") == 0)
		return;
	if (len == 0) {
		found(c, a, a->type.at, strlen(a->type.s), LEVEL_ERROR, R_BOOLEAN,
			"%s has no value: true or false is wanted", a->question.s);
		return;
	}
	found(c, a, a->value.at, len, LEVEL_ERROR, R_BOOLEAN,
		"%s is neither true nor false%s", v,
		strchr(v, '#') ? " (a # here begins no comment)" : "");
	/* of a comment behind it, too, only the word is meant */
	if (strchr(v, '#'))
		v = pool_strndup(c->pool, v, strcspn(v, " \t#"));
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcasecmp(words[i].word, v) == 0)
			mend(c, a, a->value.at, len, words[i].means);
}

void check_value(struct check *c, const struct answer *a)
{
	enum qtype type = a->q ? (enum qtype)a->q->type : QT_ANY;

	if (filled_in(c, a->value.s) ||
		(marked(c, a) && strpbrk(a->value.s, "\"'") == a->value.s))
		return;
	if (a->seen)
		type = QT_BOOLEAN;
	else if (qtype_find(a->type.s, strlen(a->type.s)) == QT_COUNT)
		return; /* what the value is cannot be told */
	if (type == QT_ANY)
		type = qtype_find(a->type.s, strlen(a->type.s)) == QT_BOOLEAN
			       ? QT_BOOLEAN
			       : QT_ANY;
	if (type == QT_BOOLEAN)
		boolean(c, a);
	else if (type == QT_SELECT || type == QT_MULTISELECT)
		choices(c, a);
}
