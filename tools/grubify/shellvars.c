// SPDX-License-Identifier: MIT
/* Which commands of such a file only assign; all others are left out, to their end. */
#include "shellvars.h"
#include "cleanup.h"
#include "shellvalue.h"

#include <string.h>

enum { NEST_MAX = 256 };

/* Blanks, and newlines that a backslash takes away. */
static void skip_blanks(struct reader *r)
{
	for (;;) {
		if (*r->p == ' ' || *r->p == '\t' || *r->p == '\r')
			reader_next(r);
		else if (r->p[0] == '\\' && r->p[1] == '\n')
			reader_next(r), reader_next(r);
		else
			return;
	}
}

static void skip_comment(struct reader *r)
{
	while (*r->p && *r->p != '\n')
		reader_next(r);
}

static void tell(struct reader *r, int line)
{
	if (r->sv->left_out)
		r->sv->left_out(r->sv->arg, r->file, line);
}

/* After "<<": the lines up to the one that is the word. */
static void skip_here(struct reader *r)
{
	_cleanup_value_ struct value word = { 0 };
	bool tabs = *r->p == '-';

	if (tabs)
		reader_next(r);
	skip_blanks(r);
	value_read(r, &word);
	skip_comment(r);
	while (reader_next(r)) {
		const char *l = r->p;
		size_t n = strcspn(l, "\n");

		while (tabs && *l == '\t')
			l++, n--;
		if (n == word.n && (n == 0 || memcmp(l, word.s, n) == 0)) {
			skip_comment(r);
			return;
		}
		skip_comment(r);
	}
}

/* What is open of a command that is left out: '(', 'c' for case, 'k' for the others. */
struct nest {
	char kind[NEST_MAX];
	int n;
};

static void open_one(struct nest *nest, char kind)
{
	if (nest->n < NEST_MAX)
		nest->kind[nest->n] = kind;
	nest->n++;
}

static bool is_open(const struct nest *nest, char kind)
{
	return nest->n > 0 && nest->n <= NEST_MAX && nest->kind[nest->n - 1] == kind;
}

/* A word where a command may begin: whether it is the grammar's, and another follows.
 */
static bool keyword(const char *s, struct nest *nest)
{
	static const struct {
		const char *word;
		char kind; /* 0: closes; ' ': neither */
	} known[] = { { "if", 'k' }, { "case", 'c' }, { "while", 'k' },
		{ "until", 'k' }, { "for", 'k' }, { "select", 'k' }, { "{", 'k' },
		{ "fi", 0 }, { "esac", 0 }, { "done", 0 }, { "}", 0 }, { "then", ' ' },
		{ "else", ' ' }, { "elif", ' ' }, { "do", ' ' }, { "!", ' ' } };

	for (size_t i = 0; s && i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(s, known[i].word) != 0)
			continue;
		if (known[i].kind == 0)
			nest->n -= nest->n > 0;
		else if (known[i].kind != ' ')
			open_one(nest, known[i].kind);
		/* what follows is a name, a word */
		return strcmp(s, "for") != 0 && strcmp(s, "case") != 0;
	}
	return false;
}

/* An operator between commands; whether it ends the one that is left out. */
static bool skip_operator(struct reader *r, struct nest *nest)
{
	char c = *r->p;

	if (c == '\n' || c == ';' || (c == '&' && r->p[1] != '&')) {
		if (nest->n == 0)
			return true;
		reader_next(r);
		return false;
	}
	reader_next(r);
	if (c == '(')
		open_one(nest, '(');
	else if (c == ')')
		nest->n -= is_open(nest, '('); /* a pattern's has no other */
	else
		while (*r->p && strchr("&| \t\n", *r->p))
			reader_next(r);
	return false;
}

/* The rest of a command that is left out, with all that it opens. */
static void skip_command(struct reader *r, struct nest *nest, bool command)
{
	while (*r->p) {
		_cleanup_value_ struct value word = { 0 };
		const char *from;

		skip_blanks(r);
		from = r->p;
		if (*from == '#') {
			skip_comment(r);
		} else if (from[0] == '<' && from[1] == '<') {
			r->p += 2;
			skip_here(r);
		} else if (*from && strchr("\n;&|()", *from)) {
			if (skip_operator(r, nest))
				return;
			command = true;
		} else if (ends_word(*from)) {
			reader_next(r);
		} else {
			value_read(r, &word);
			command = command && word.n == (size_t)(r->p - from) &&
				  keyword(word.s, nest);
		}
		if (nest->n > NEST_MAX)
			r->p += strlen(r->p);
	}
}

/* NAME= or NAME+= at p: the name's length, and where the value begins. */
static size_t assignment(const char *p, const char **value, bool *more)
{
	size_t n = name_length(p);

	*more = n > 0 && p[n] == '+' && p[n + 1] == '=';
	*value = p + n + 1 + *more;
	return n > 0 && (p[n] == '=' || *more) ? n : 0;
}

/* Ends here what is an assignment alone: not what runs elsewhere, or only perhaps. */
static bool ends_plain(struct reader *r)
{
	skip_blanks(r);
	if (*r->p == '#')
		skip_comment(r);
	if (r->p[0] == '&' && r->p[1] == '&')
		r->p += 2;
	else if (*r->p && *r->p != '\n' && *r->p != ';')
		return false;
	return true;
}

/* One after another on a line. false: it is a command's environment, or worse. */
static bool assignments(struct reader *r, bool dry)
{
	const char *value;
	bool more;
	size_t n;

	for (; (n = assignment(r->p, &value, &more)) > 0; skip_blanks(r)) {
		_cleanup_value_ struct value v = { 0 };
		const char *name = r->p;
		int line = r->line;

		r->p = value;
		value_read(r, &v);
		if (!dry)
			shellvar_assign(r, name, n, &v, line, more);
	}
	return ends_plain(r);
}

/* "export A=1 B", "unset A": the words after. false: there is more to it. */
static bool declaration(struct reader *r, bool unset)
{
	for (;;) {
		_cleanup_value_ struct value v = { 0 };
		const char *name, *value;
		int line = r->line;
		bool more;
		size_t n;

		skip_blanks(r);
		if (*r->p == '#' || ends_word(*r->p))
			return ends_plain(r);
		name = r->p;
		n = assignment(r->p, &value, &more);
		if (n > 0 && !unset) {
			r->p = value;
			value_read(r, &v);
			shellvar_assign(r, name, n, &v, line, more);
			continue;
		}
		value_read(r, &v);
		if (unset && !v.unsure && v.s && name_length(v.s) == v.n)
			shellvar_forget(r, v.s, v.n);
	}
}

static bool is_word(const struct value *v, const char *const *words)
{
	for (; *words; words++)
		if (v->s && strcmp(v->s, *words) == 0)
			return true;
	return false;
}

static void command(struct reader *r)
{
	static const char *const sets[] = { "export", "readonly", "declare", "typeset",
		NULL };
	static const char *const unsets[] = { "unset", NULL };
	static const char *const nothing[] = { ":", "true", NULL };
	const struct reader before = *r;
	_cleanup_value_ struct value word = { 0 };
	const char *value;
	struct nest nest = { .n = 0 };
	int line = r->line;
	bool more, done;

	if (assignment(r->p, &value, &more)) {
		/* looked at first: what belongs to a command is not ours */
		done = assignments(r, true);
		if (done) {
			*r = before;
			assignments(r, false);
		}
	} else {
		value_read(r, &word);
		done = is_word(&word, unsets)	 ? declaration(r, true)
		       : is_word(&word, sets)	 ? declaration(r, false)
		       : is_word(&word, nothing) ? declaration(r, false)
						 : false;
	}
	if (done)
		return;
	tell(r, line);
	skip_command(r, &nest, word.s && keyword(word.s, &nest));
	/* what nothing can be made of must not stop us here */
	if (r->p == before.p)
		reader_next(r);
}

int shellvars_read(struct shellvars *sv, const char *file, const char *text)
{
	struct reader r = { .sv = sv, .file = file, .p = text, .line = 1 };

	while (*r.p && r.error == 0) {
		skip_blanks(&r);
		if (*r.p == '#')
			skip_comment(&r);
		else if (*r.p == '\n' || *r.p == ';' || *r.p == '&')
			reader_next(&r);
		else if (*r.p)
			command(&r);
	}
	return r.error;
}

const struct shellvar *shellvars_get(const struct shellvars *sv, const char *name)
{
	return shellvar_find(sv, name, strlen(name));
}

void shellvars_free(struct shellvars *sv)
{
	for (size_t i = 0; i < sv->n; i++) {
		free(sv->list[i].name);
		free(sv->list[i].value);
		free(sv->list[i].file);
	}
	free(sv->list);
	sv->list = NULL;
	sv->n = 0;
}
