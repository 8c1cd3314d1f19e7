// SPDX-License-Identifier: MIT
/*
 * command.c - early and late commands: valid shell, on the one line that a value is.
 *
 * What is wrong within the text that a shell is given (sh -c '...') is found, too.
 */
#include "command.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEP = 3 };

/* The offsets of a word's bytes, its quotes taken off as tokens.c does. */
static const size_t *map_of(const struct script *s, const struct token *t)
{
	size_t *map = pool_alloc(s->c->pool, (t->len + 2) * sizeof(*map)), n = 0;
	const char *text = s->text;
	char quote = '\0';

	for (size_t i = t->at; i < t->at + t->len; i++) {
		if (!quote && (text[i] == '\'' || text[i] == '"')) {
			quote = text[i];
			continue;
		}
		if (quote && text[i] == quote) {
			quote = '\0';
			continue;
		}
		if (quote != '\'' && text[i] == '\\' && i + 1 < t->at + t->len)
			i++;
		map[n++] = s->map ? s->map[i] : i;
	}
	map[n] = map[n + 1] = s->map ? s->map[t->at + t->len] : t->at + t->len;
	return map;
}

/* How deep in $(( )) the text is at its byte at, counted on from *from. */
static size_t arithmetic(const char *text, size_t *from, size_t depth, size_t at)
{
	for (; *from < at; ++*from) {
		if (strncmp(text + *from, "((", 2) == 0)
			depth++;
		else if (depth && strncmp(text + *from, "))", 2) == 0)
			depth--;
	}
	return depth;
}

static bool is_bash(const struct script *s)
{
	return s->within && strncmp(s->within, "bash", 4) == 0;
}

/* The answers after this one that are a here-document's lines; their number. */
static size_t document(const struct script *s, const char *end)
{
	struct file *f = s->c->file;
	size_t i = (size_t)(s->a - f->v) + 1;

	for (size_t j = i; j < f->n; j++)
		if (strcmp(f->v[j].text, end) == 0)
			return j - i + 1;
	return 0;
}

/* Whether there is something that wants lines, which is said. */
static bool here_documents(const struct script *s, const struct tokens *t)
{
	struct file *f = s->c->file;
	size_t first = (size_t)(s->a - f->v) + 1, n, from = 0, depth = 0;

	for (size_t i = 0; i + 1 < t->n; i++) {
		const struct token *k = &t->v[i];
		const char *end = t->v[i + 1].s;

		if (k->kind != 'r' || strcmp(k->s, "<<") != 0)
			continue;
		depth = arithmetic(s->text, &from, depth, k->at);
		if (depth)
			continue;
		if (t->v[i + 1].kind != 'w') {
			if (strcmp(end, "<") != 0 || is_bash(s))
				continue;
			script_found(s, k, LEVEL_ERROR, R_SHELL,
				"<<< is bash's own: the installer's shell has "
				"none");
			return true;
		}
		n = s->map ? 0 : document(s, end + (*end == '-'));
		script_found(s, k, LEVEL_ERROR, R_SHELL,
			"a here-document wants lines, and a value is one line: use "
			"printf%s",
			n ? pool_printf(s->c->pool,
				    "; the installer cannot read the file from line %u "
				    "on",
				    f->v[first].line)
			  : "");
		for (size_t j = first; j < first + n; j++)
			f->v[j].told = f->v[j].broken = true;
		return true;
	}
	return false;
}

static void comment(const struct script *s, const struct tokens *t)
{
	const size_t len = strlen(s->text);
	const struct token rest = { "", t->comment, len - t->comment, 'w' };

	/* what lines are joined by is a blank: a comment ends all of it */
	if (t->comment >= len || strchr(s->text + t->comment, '\n'))
		return;
	if (s->within)
		script_found(s, &rest, LEVEL_WARNING, R_SHELL,
			"a comment within what %s runs: nothing after the # runs, "
			"because it "
			"is all one line",
			s->within);
	else
		script_found(s, &rest, LEVEL_WARNING, R_SHELL,
			"a comment: it is all one line to the shell, and nothing after "
			"the # runs");
}

static bool is_sh(const char *program)
{
	return strcmp(program, "sh") == 0 || strcmp(program, "dash") == 0 ||
	       strcmp(program, "ash") == 0;
}

static void script(const struct script *s, int depth);

/* Whether the command of word i is run by in-target or chroot /target. */
static bool by_target(const struct script *s, const struct tokens *t, size_t i)
{
	if (s->target)
		return true;
	for (; i > 0 && t->v[i - 1].kind == 'w'; i--) {
		const char *p = program_name(t->v[i - 1].s);

		if (strcmp(p, "in-target") == 0 || strcmp(p, "chroot") == 0)
			return true;
	}
	return false;
}

static bool of_a_name(char c)
{
	return c == '_' || (c && isalnum((unsigned char)c));
}

/* Whether a shell's text gives the variable a value: NAME=, for NAME, read NAME. */
static bool sets_variable(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *s = text; (s = strstr(s, name)); s += len) {
		if ((s > text && (of_a_name(s[-1]) || strchr("${", s[-1]))) ||
			of_a_name(s[len]))
			continue;
		if (s[len] == '=' ||
			(s >= text + 4 && strncmp(s - 4, "for ", 4) == 0) ||
			(s >= text + 5 && strncmp(s - 5, "read ", 5) == 0))
			return true;
	}
	return false;
}

/*
 * A variable between double quotes is replaced by the shell outside, where it has no
 * value if what is within gives it one.
 */
static void replaced_outside(const struct script *s, const struct token *t)
{
	char quote = '\0';

	for (size_t i = t->at; i < t->at + t->len; i++) {
		const char c = s->text[i];
		size_t n = 0;

		if (c == '\\' && quote != '\'') {
			i++;
		} else if (quote ? c == quote : c == '\'' || c == '"') {
			quote = quote ? '\0' : c;
		} else if (c == '$' && quote == '"') {
			const char *name;
			struct token at;

			while (i + 1 + n < t->at + t->len &&
				of_a_name(s->text[i + 1 + n]))
				n++;
			name = pool_strndup(s->c->pool, s->text + i + 1, n);
			at = (struct token){ name, i, n + 1, 'w' };
			if (!n || !sets_variable(t->s, name) ||
				sets_variable(
					pool_strndup(s->c->pool, s->text, t->at), name))
				continue;
			script_found(s, &at, LEVEL_WARNING, R_SHELL,
				"$%s is replaced before the inner shell runs, by "
				"nothing: write "
				"single quotes around its command, or \\$%s",
				name, name);
			return;
		}
	}
}

/* SHELL -c TEXT, where t->v[i] is the shell. */
static void within(const struct script *s, const struct tokens *t, size_t i, int depth)
{
	const char *shell = program_name(t->v[i].s);
	size_t c = i + 1;
	struct script inner = *s;
	const struct token *text;

	while (c < t->n && t->v[c].kind == 'w' && t->v[c].s[0] == '-' &&
		!strchr(t->v[c].s, 'c'))
		c++;
	if (c + 1 >= t->n || t->v[c].kind != 'w' || t->v[c].s[0] != '-' ||
		t->v[c + 1].kind != 'w')
		return;
	text = &t->v[c + 1];
	if (!strpbrk(text->s, " \t/$") && text->len == strlen(text->s) &&
		c + 2 < t->n && t->v[c + 2].kind == 'w' && t->v[c + 2].s[0] != '-') {
		script_found(s, text, LEVEL_WARNING, R_SHELL,
			"%s -c runs one word, and this one is %s alone: what it is to "
			"run "
			"wants quotes around all of it",
			shell, text->s);
		return;
	}
	replaced_outside(s, text);
	inner.text = text->s;
	inner.map = map_of(s, text);
	inner.within = pool_printf(s->c->pool, "%s -c", shell);
	inner.target = by_target(s, t, i);
	if (is_sh(shell) && strcmp(text->s, "") != 0) {
		const char *why = shell_fault(s->c->shell, text->s);

		if (why)
			script_found(s, text, LEVEL_ERROR, R_SHELL,
				"within what %s runs: %s", inner.within, why);
	}
	script(&inner, depth + 1);
}

static void script(const struct script *s, int depth)
{
	struct tokens t;

	tokens_read(&t, s->c->pool, s->text);
	comment(s, &t);
	here_documents(s, &t);
	for (size_t i = 0; depth < DEEP && i < t.n; i++) {
		const char *p = program_name(t.v[i].s);

		if (t.v[i].kind == 'w' && (is_sh(p) || strcmp(p, "bash") == 0))
			within(s, &t, i, depth);
	}
	check_sides(s, &t);
	check_sets(s, &t);
}

static bool is_shell(const char *q)
{
	static const char *const list[] = { "preseed/early_command",
		"preseed/late_command", "partman/early_command",
		"preseed/include_command" };

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (strcmp(q, list[i]) == 0)
			return true;
	return false;
}

void check_command(struct check *c, const struct answer *a)
{
	const char *text = a->value.s, *why = NULL;
	struct script s = { .c = c,
		.a = a,
		.text = text,
		.early = strcmp(a->question.s, "preseed/late_command") != 0 };
	struct tokens t;

	if (!is_shell(a->question.s) || a->seen || !*text)
		return;
	tokens_read(&t, c->pool, text);
	if (!t.plain || !tokens_valid(&t))
		why = shell_fault(c->shell, text);
	if (why) {
		comment(&s, &t);
		if (!here_documents(&s, &t))
			found(c, a, a->value.at, strlen(text), LEVEL_ERROR, R_SHELL,
				"%s", why);
		return;
	}
	script(&s, 0);
}
