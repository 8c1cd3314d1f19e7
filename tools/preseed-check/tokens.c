// SPDX-License-Identifier: MIT
/*
 * tokens.c - a command line into words and operators.
 *
 * No shell: it knows quotes, operators and comments. What goes beyond is marked as
 * not plain, and its validity is a real shell's to tell.
 */
#include "check.h"

#include <ctype.h>
#include <string.h>

struct scan {
	struct tokens *t;
	struct pool *pool;
	const char *s;
	size_t p;
};

static void put(struct scan *s, const char *text, size_t from, char kind)
{
	struct tokens *t = s->t;
	struct token *v = t->v;

	/* the list is the pool's: it grows by copying */
	if (t->n == t->room) {
		t->room = t->room ? t->room * 2 : 32;
		v = pool_alloc(s->pool, t->room * sizeof(*v));
		if (t->n)
			memcpy(v, t->v, t->n * sizeof(*v));
		t->v = v;
	}
	v[t->n++] = (struct token){ text, from, s->p - from, kind };
}

/* Past a quoted piece, which is written without its quotes. */
static void quoted(struct scan *s, FILE *f)
{
	char q = s->s[s->p++];

	for (; s->s[s->p] && s->s[s->p] != q; s->p++) {
		if (q == '"' && s->s[s->p] == '\\' && s->s[s->p + 1])
			s->p++;
		else if (q == '"' && strchr("`$", s->s[s->p]))
			s->t->plain &= s->s[s->p] == '$' && s->s[s->p + 1] != '(' &&
				       s->s[s->p + 1] != '{';
		fputc(s->s[s->p], f);
	}
	if (s->s[s->p])
		s->p++;
	else
		s->t->plain = false;
}

static bool reserved(const char *w)
{
	static const char *const list[] = { "if", "then", "else", "elif", "fi", "do",
		"done", "case", "esac", "while", "until", "for", "in", "{", "}", "!",
		"function", "time", "[[", "select" };

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (strcmp(list[i], w) == 0)
			return true;
	return false;
}

static void word(struct scan *s)
{
	size_t from = s->p;
	struct text text;
	FILE *f = text_open(&text);
	char *w;

	while (s->s[s->p] && !strchr(" \t\n;&|<>()", s->s[s->p])) {
		char c = s->s[s->p];

		if (c == '\'' || c == '"') {
			quoted(s, f);
			continue;
		}
		if (c == '\\' && s->s[s->p + 1])
			c = s->s[++s->p];
		else if (c == '\\' || c == '`' ||
			 (c == '$' && strchr("({", s->s[s->p + 1]) && s->s[s->p + 1]))
			s->t->plain = false;
		fputc(c, f);
		s->p++;
	}
	w = text_close(&text, s->pool);
	if (reserved(w))
		s->t->plain = false;
	put(s, w, from, 'w');
}

static void operator(struct scan *s)
{
	static const char *const list[] = { "&&", "||", ";;", "<<", ">>", ">&", "<&",
		">|", "<>", "&", "|", ";", "<", ">", "(", ")", "\n" };
	size_t from = s->p, i = 0;

	while (strncmp(s->s + from, list[i], strlen(list[i])) != 0)
		i++;
	s->p += strlen(list[i]);
	if (strchr("()", list[i][0]) || strcmp(list[i], ";;") == 0 ||
		strcmp(list[i], "<<") == 0)
		s->t->plain = false;
	put(s, list[i], from, strpbrk(list[i], "<>") ? 'r' : 'o');
}

void tokens_read(struct tokens *t, struct pool *pool, const char *text)
{
	struct scan s = { t, pool, text, 0 };

	*t = (struct tokens){ .plain = true, .comment = strlen(text) };
	while (text[s.p]) {
		size_t digits = strspn(text + s.p, "0123456789");

		if (text[s.p] == ' ' || text[s.p] == '\t') {
			s.p++;
		} else if (text[s.p] == '#') {
			t->comment = s.p;
			break;
		} else if (digits && text[s.p + digits] &&
			   strchr("<>", text[s.p + digits])) {
			s.p += digits; /* the descriptor of a redirection */
		} else if (strchr(";&|<>()\n", text[s.p])) {
			operator(&s);
		} else {
			word(&s);
		}
	}
}

/* Whether that is a list of commands as the shell's grammar has it. */
bool tokens_valid(const struct tokens *t)
{
	bool command = false;
	char last = ';'; /* the operator before */

	for (size_t i = 0; i < t->n; i++) {
		const struct token *k = &t->v[i];

		if (k->kind == 'w') {
			command = true;
		} else if (k->kind == 'r') {
			if (i + 1 == t->n || t->v[++i].kind != 'w')
				return false;
			command = true;
		} else if (k->s[0] == '\n') {
			if (command)
				last = ';';
			command = false;
		} else {
			if (!command)
				return false;
			last = k->s[1] ? '&' : k->s[0] == '|' ? '|' : ';';
			command = false;
		}
	}
	return command || last == ';';
}
