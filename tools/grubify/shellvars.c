// SPDX-License-Identifier: MIT
#include "shellvars.h"
#include "cleanup.h"

#include <ctype.h>
#include <string.h>

enum { VALUE_MAX = 64 << 10, DEPTH_MAX = 16, NEST_MAX = 256 };

struct value {
	char *s;
	size_t n, room;
	bool unsure; /* part of it would take a shell, or there is too much of it */
};

struct reader {
	struct shellvars *sv;
	const char *file, *p;
	int line;
	int error;
};

static void cleanup_value(struct value *v)
{
	free(v->s);
}
#define _cleanup_value_ _cleanup_(cleanup_value)

static void push(struct reader *r, struct value *v, char c)
{
	if (v->n >= VALUE_MAX) {
		v->unsure = true;
		return;
	}
	if (v->n + 2 > v->room) {
		size_t room = v->room ? 2 * v->room : 64;
		char *s = realloc(v->s, room);

		if (!s) {
			r->error = -ENOMEM;
			v->unsure = true;
			return;
		}
		v->s = s;
		v->room = room;
	}
	v->s[v->n++] = c;
	v->s[v->n] = '\0';
}

static void push_all(struct reader *r, struct value *v, const char *s)
{
	for (; s && *s; s++)
		push(r, v, *s);
}

static char next(struct reader *r)
{
	char c = *r->p;

	if (c) {
		r->line += c == '\n';
		r->p++;
	}
	return c;
}

static bool is_name_start(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

static size_t name_len(const char *s)
{
	size_t n = 0;

	if (is_name_start(*s))
		while (is_name_start(s[n]) || isdigit((unsigned char)s[n]))
			n++;
	return n;
}

static struct shellvar *find(const struct shellvars *sv, const char *name, size_t n)
{
	for (size_t i = 0; i < sv->n; i++)
		if (strncmp(sv->list[i].name, name, n) == 0 && !sv->list[i].name[n])
			return &sv->list[i];
	return NULL;
}

const struct shellvar *shellvars_get(const struct shellvars *sv, const char *name)
{
	return find(sv, name, strlen(name));
}

static void assign(struct reader *r, const char *name, size_t n, const struct value *v,
	int line, bool more)
{
	struct shellvar *var = find(r->sv, name, n), *list;
	char *file = NULL, *value = NULL;

	if (!var) {
		list = reallocarray(r->sv->list, r->sv->n + 1, sizeof(*list));
		if (!list) {
			r->error = -ENOMEM;
			return;
		}
		r->sv->list = list;
		var = &list[r->sv->n];
		*var = (struct shellvar){ .name = strndup(name, n) };
		if (!var->name) {
			r->error = -ENOMEM;
			return;
		}
		r->sv->n++;
	}
	if (v->unsure) {
		if (!(file = strdup(r->file))) {
			r->error = -ENOMEM;
			return;
		}
		free(var->file);
		var->file = file;
		var->line = line;
		return;
	}
	if (asprintf(&value, "%s%s", more && var->value ? var->value : "",
		    v->s ? v->s : "") < 0) {
		r->error = -ENOMEM;
		return;
	}
	free(var->value);
	var->value = value;
	/* with what was added to one that is not known it is not known, either */
	if (more)
		return;
	free(var->file);
	var->file = NULL;
}

static void forget(struct reader *r, const char *name, size_t n)
{
	struct shellvar *var = find(r->sv, name, n);

	if (!var)
		return;
	free(var->value);
	free(var->file);
	var->value = var->file = NULL;
}

/* Behind an opening one, to its other: of what only a shell can do. */
static void skip_nested(struct reader *r, char open, char close)
{
	int depth = 1;
	char c;

	while (depth > 0 && (c = next(r))) {
		if (c == '\\')
			next(r);
		else if (c == close)
			depth--;
		else if (c == open)
			depth++;
		else if (c == '\'' && close != '`')
			while ((c = next(r)) && c != '\'')
				;
		else if (c == '"' && close != '`')
			while ((c = next(r)) && c != '"')
				if (c == '\\')
					next(r);
	}
}

static void read_part(struct reader *r, struct value *v, bool quoted, int depth);

/* "word" of ${NAME:-word}, to its brace. */
static void read_braced_word(struct reader *r, struct value *v, int depth)
{
	while (*r->p && *r->p != '}')
		read_part(r, v, false, depth + 1);
	if (next(r) != '}')
		v->unsure = true;
}

static void read_braced(struct reader *r, struct value *v, int depth)
{
	size_t n = name_len(r->p);
	const struct shellvar *var = find(r->sv, r->p, n);
	const char *name = r->p, *op = r->p + n;
	bool colon = *op == ':', set, use;
	_cleanup_value_ struct value word = { 0 };

	op += colon;
	if (n == 0 || depth >= DEPTH_MAX || (*op != '}' && !strchr("-+=", *op)) ||
		(colon && *op == '}')) {
		v->unsure = true;
		skip_nested(r, '{', '}');
		return;
	}
	r->p = op;
	if (*op == '}') {
		next(r);
		push_all(r, v, var ? var->value : NULL);
		v->unsure |= var && var->file;
		return;
	}
	next(r);
	read_braced_word(r, &word, depth);
	var = find(r->sv, name, n); /* the word may have assigned, too */
	v->unsure |= var && var->file;
	set = var && var->value && (!colon || *var->value);
	use = *op == '+' ? set : !set;
	if (use) {
		push_all(r, v, word.s);
		v->unsure |= word.unsure;
		if (*op == '=')
			assign(r, name, n, &word, r->line, false);
	} else if (*op != '+') {
		push_all(r, v, var ? var->value : NULL);
	}
}

/* After the dollar. */
static void read_dollar(struct reader *r, struct value *v, int depth)
{
	size_t n = name_len(r->p);
	const struct shellvar *var;

	if (n > 0) {
		var = find(r->sv, r->p, n);
		r->p += n;
		push_all(r, v, var ? var->value : NULL);
		v->unsure |= var && var->file;
	} else if (*r->p == '{') {
		next(r);
		read_braced(r, v, depth);
	} else if (*r->p == '(') {
		next(r);
		v->unsure = true;
		skip_nested(r, '(', ')');
	} else if (*r->p && (isdigit((unsigned char)*r->p) || strchr("@*#?$!-", *r->p))) {
		next(r);
		v->unsure = true; /* the shell's own */
	} else {
		push(r, v, '$');
	}
}

static void read_single(struct reader *r, struct value *v)
{
	char c;

	while ((c = next(r)) && c != '\'')
		push(r, v, c);
	v->unsure |= !c;
}

static void read_double(struct reader *r, struct value *v, int depth)
{
	while (*r->p && *r->p != '"')
		read_part(r, v, true, depth);
	if (next(r) != '"')
		v->unsure = true;
}

/* One character, quoted string or expansion. */
static void read_part(struct reader *r, struct value *v, bool quoted, int depth)
{
	char c = next(r);

	if (c == '\\') {
		c = next(r);
		if (c == '\n')
			return;
		if (quoted && (!c || !strchr("$`\"\\", c)))
			push(r, v, '\\');
		if (c)
			push(r, v, c);
	} else if (c == '$') {
		read_dollar(r, v, depth);
	} else if (c == '`') {
		v->unsure = true;
		skip_nested(r, '\0', '`');
	} else if (c == '\'' && !quoted) {
		read_single(r, v);
	} else if (c == '"' && !quoted) {
		read_double(r, v, depth);
	} else {
		push(r, v, c);
	}
}

static bool ends_word(char c)
{
	return !c || strchr(" \t\n;&|()<>", c) != NULL;
}

static void read_word(struct reader *r, struct value *v)
{
	while (!ends_word(*r->p))
		read_part(r, v, false, 0);
}

/* Blanks, and newlines that a backslash takes away. */
static void skip_blanks(struct reader *r)
{
	for (;;) {
		if (*r->p == ' ' || *r->p == '\t' || *r->p == '\r')
			next(r);
		else if (r->p[0] == '\\' && r->p[1] == '\n')
			next(r), next(r);
		else
			return;
	}
}

static void skip_comment(struct reader *r)
{
	while (*r->p && *r->p != '\n')
		next(r);
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
		next(r);
	skip_blanks(r);
	read_word(r, &word);
	skip_comment(r);
	while (next(r)) {
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

/* A word where a command may begin: whether it is the grammar's, and another follows. */
static bool keyword(const char *s, struct nest *nest)
{
	static const struct {
		const char *word;
		char kind; /* 0: closes; ' ': neither */
	} known[] = { { "if", 'k' }, { "case", 'c' }, { "while", 'k' }, { "until", 'k' },
		{ "for", 'k' }, { "select", 'k' }, { "{", 'k' }, { "fi", 0 },
		{ "esac", 0 }, { "done", 0 }, { "}", 0 }, { "then", ' ' },
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
		next(r);
		return false;
	}
	next(r);
	if (c == '(')
		open_one(nest, '(');
	else if (c == ')')
		nest->n -= is_open(nest, '('); /* a pattern's has no other */
	else
		while (*r->p && strchr("&| \t\n", *r->p))
			next(r);
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
			next(r);
		} else {
			read_word(r, &word);
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
	size_t n = name_len(p);

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
		read_word(r, &v);
		if (!dry)
			assign(r, name, n, &v, line, more);
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
			read_word(r, &v);
			assign(r, name, n, &v, line, more);
			continue;
		}
		read_word(r, &v);
		if (unset && !v.unsure && v.s && name_len(v.s) == v.n)
			forget(r, v.s, v.n);
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
		read_word(r, &word);
		done = is_word(&word, unsets)    ? declaration(r, true)
		       : is_word(&word, sets)    ? declaration(r, false)
		       : is_word(&word, nothing) ? declaration(r, false)
						 : false;
	}
	if (done)
		return;
	tell(r, line);
	skip_command(r, &nest, word.s && keyword(word.s, &nest));
	/* what nothing can be made of must not stop us here */
	if (r->p == before.p)
		next(r);
}

int shellvars_read(struct shellvars *sv, const char *file, const char *text)
{
	struct reader r = { .sv = sv, .file = file, .p = text, .line = 1 };

	while (*r.p && r.error == 0) {
		skip_blanks(&r);
		if (*r.p == '#')
			skip_comment(&r);
		else if (*r.p == '\n' || *r.p == ';' || *r.p == '&')
			next(&r);
		else if (*r.p)
			command(&r);
	}
	return r.error;
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
