/*
 * sets.c - answers that early commands set: by debconf-set, by db_set, or by lines
 * that they hand to debconf-set-selections.
 */
#include "check.h"

#include <ctype.h>
#include <string.h>

static const char *const early[] = { "preseed/early_command", "partman/early_command" };
#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static const char *early_text(const struct check *c, size_t i)
{
	const struct answer *a = answer_find(c, early[i]);

	return a ? a->value.s : "";
}

static bool of_a_name(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("/_-.", c));
}

static bool names(const char *text, const char *question)
{
	size_t len = strlen(question);

	for (const char *s = text; (s = strstr(s, question)); s += len)
		if ((s == text || !of_a_name(s[-1])) && !of_a_name(s[len]))
			return true;
	return false;
}

/* What comes after the disk is set up. */
static bool after_partman(const char *question)
{
	static const char *const list[] = { "partman", "grub-installer/",
		"base-installer/", "apt-setup/", "pkgsel/", "tasksel/",
		"popularity-contest/", "finish-install/" };

	for (size_t i = 0; i < COUNT(list); i++)
		if (strncmp(question, list[i], strlen(list[i])) == 0)
			return true;
	return false;
}

bool command_sets(struct check *c, const char *question)
{
	for (size_t i = 0; i < COUNT(early); i++) {
		const char *text = early_text(c, i);

		if ((strstr(text, "debconf-set") || strstr(text, "db_set")) &&
			names(text, question) && (i == 0 || after_partman(question)))
			return true;
	}
	return false;
}

bool commands_mention(struct check *c, const char *text)
{
	for (size_t i = 0; i < COUNT(early); i++)
		if (strstr(early_text(c, i), text))
			return true;
	return false;
}

/* The question of a command, checked as if an answer had it. */
static void question(
	struct check *c, const struct answer *a, const char *name, size_t at)
{
	struct answer b = *a;

	if (!*name || strpbrk(name, "$`*") || qindex_find(c->index, name))
		return;
	b.owner.s = "d-i";
	b.type.s = "string";
	b.question = (struct part){ name, at };
	check_question(c, &b);
}

/* The lines of a text that debconf-set-selections is to read: OWNER QUESTION TYPE. */
static void selections(struct check *c, const struct answer *a, const struct token *t)
{
	const char *s = t->s, *name;
	size_t n;

	if (strncmp(s, "d-i", 3) != 0 || !strchr(" \t", s[3]) || !s[3])
		return;
	s += 3;
	s += strspn(s, " \t");
	n = strcspn(s, " \t");
	name = pool_strndup(c->pool, s, n);
	if (strchr(name, '/'))
		question(c, a, name, a->value.at + t->at + 1 + (size_t)(s - t->s));
}

void check_sets(struct check *c, const struct answer *a)
{
	const char *text = a->value.s;
	bool lines = strstr(text, "debconf-set-selections") != NULL;
	struct tokens t;

	if (a->seen || !strstr(text, "debconf-set") ||
		!strstr(a->question.s, "_command"))
		return;
	tokens_read(&t, c->pool, text);
	for (size_t i = 0; i < t.n; i++) {
		const struct token *k = &t.v[i], *q = &t.v[i + 1];

		if (k->kind == 'w' && lines)
			selections(c, a, k);
		if (k->kind != 'w' || strcmp(k->s, "debconf-set") != 0 ||
			i + 1 == t.n || q->kind != 'w')
			continue;
		if (strcmp(q->s, "d-i") == 0)
			found(c, a, a->value.at + q->at, q->len, LEVEL_ERROR, R_SHELL,
				"debconf-set takes QUESTION VALUE, and no owner or "
				"type");
		else
			question(c, a, q->s, a->value.at + q->at);
	}
}
