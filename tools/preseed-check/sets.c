// SPDX-License-Identifier: MIT
/* sets.c - what commands do to debconf: debconf-set, debconf-set-selections. */
#include "command.h"

#include <string.h>

/* The question of a command, checked as if an answer had it. */
static void question(const struct script *s, const char *name, size_t at)
{
	struct answer b = *s->a;

	if (!*name || strpbrk(name, "$`*") || qindex_find(s->c->index, name))
		return;
	b.owner.s = "d-i";
	b.type.s = "string";
	b.question = (struct part){ name, script_place(s, at) };
	check_question(s->c, &b);
}

/* A line that debconf-set-selections is to read: OWNER QUESTION TYPE VALUE. */
static void selection(const struct script *s, const struct token *t)
{
	const char *line = t->s, *name;
	size_t n;

	if (strncmp(line, "d-i", 3) != 0 || !line[3] || !strchr(" \t", line[3]))
		return;
	line += 3;
	line += strspn(line, " \t");
	n = strcspn(line, " \t");
	name = pool_strndup(s->c->pool, line, n);
	if (strchr(name, '/'))
		question(s, name, t->at + 1 + (size_t)(line - t->s));
}

/* How many words the command goes on with. */
static size_t words_at(const struct tokens *t, size_t i)
{
	size_t n = 0;

	while (i + n < t->n && t->v[i + n].kind == 'w' && n < 3)
		n++;
	return n;
}

/* debconf-set QUESTION VALUE: q is the first of that many words. */
static void set(const struct script *s, const struct token *q, size_t words)
{
	if (strcmp(q->s, "d-i") == 0) {
		script_found(s, q, LEVEL_ERROR, R_SHELL,
			"debconf-set takes QUESTION VALUE, and no owner or type");
		return;
	}
	question(s, q->s, q->at);
	/* a third word is not looked at */
	if (words > 2 && *q[1].s && qtype_find(q[1].s, strlen(q[1].s)) != QT_COUNT)
		script_found(s, &q[1], LEVEL_ERROR, R_SHELL,
			"debconf-set takes QUESTION VALUE: %s is taken for the value",
			q[1].s);
	/* db_input looks at the flag, not at the value */
	if (installer_asks(q->s) && !strstr(s->text, "seen"))
		script_found(s, q, LEVEL_NOTE, R_UNANSWERED,
			"debconf-set gives %s a value, and does not mark it as "
			"answered: where "
			"it is asked, the value is only offered "
			"(debconf-set-selections "
			"marks it)",
			q->s);
}

/* It reads the file of its operand; without one, nothing. */
static void from_file(const struct script *s, const struct tokens *t, size_t i)
{
	const struct token *k = &t->v[i];
	size_t next = i + 1;

	if (i > 0 && (strcmp(t->v[i - 1].s, "in-target") == 0 ||
			     strncmp(t->v[i - 1].s, "/target", 7) == 0))
		return;
	if (next < t->n && strcmp(t->v[next].s, "--unseen") == 0)
		next++;
	if (next >= t->n || t->v[next].kind != 'w')
		script_found(s, k, LEVEL_ERROR, R_SHELL,
			"the installer's debconf-set-selections reads a file, and none "
			"is named "
			"(/dev/stdin for what comes through a pipe)");
}

void check_sets(const struct script *s, const struct tokens *t)
{
	bool lines = strstr(s->text, "debconf-set-selections") != NULL;

	if (s->target || !strstr(s->text, "debconf-set"))
		return;
	for (size_t i = 0; i < t->n; i++) {
		const struct token *k = &t->v[i];

		if (k->kind != 'w')
			continue;
		if (lines)
			selection(s, k);
		if (strcmp(k->s, "debconf-set-selections") == 0)
			from_file(s, t, i);
		if (strcmp(k->s, "debconf-set") == 0 && i + 1 < t->n &&
			t->v[i + 1].kind == 'w')
			set(s, &t->v[i + 1], words_at(t, i + 1));
	}
}
