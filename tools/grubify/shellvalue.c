// SPDX-License-Identifier: MIT
#include "shellvalue.h"
#include "cleanup.h"

#include <ctype.h>
#include <string.h>

enum { VALUE_MAX = 64 << 10, DEPTH_MAX = 16 };

void cleanup_value(struct value *v)
{
	free(v->s);
}

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

char reader_next(struct reader *r)
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

size_t name_length(const char *s)
{
	size_t n = 0;

	if (is_name_start(*s))
		while (is_name_start(s[n]) || isdigit((unsigned char)s[n]))
			n++;
	return n;
}

struct shellvar *shellvar_find(const struct shellvars *sv, const char *name, size_t n)
{
	for (size_t i = 0; i < sv->n; i++)
		if (strncmp(sv->list[i].name, name, n) == 0 && !sv->list[i].name[n])
			return &sv->list[i];
	return NULL;
}

void shellvar_assign(struct reader *r, const char *name, size_t n,
	const struct value *v, int line, bool more)
{
	struct shellvar *var = shellvar_find(r->sv, name, n), *list;
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

void shellvar_forget(struct reader *r, const char *name, size_t n)
{
	struct shellvar *var = shellvar_find(r->sv, name, n);

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

	while (depth > 0 && (c = reader_next(r))) {
		if (c == '\\')
			reader_next(r);
		else if (c == close)
			depth--;
		else if (c == open)
			depth++;
		else if (c == '\'' && close != '`')
			while ((c = reader_next(r)) && c != '\'')
				;
		else if (c == '"' && close != '`')
			while ((c = reader_next(r)) && c != '"')
				if (c == '\\')
					reader_next(r);
	}
}

static void read_part(struct reader *r, struct value *v, bool quoted, int depth);

/* "word" of ${NAME:-word}, to its brace. */
static void read_braced_word(struct reader *r, struct value *v, int depth)
{
	while (*r->p && *r->p != '}')
		read_part(r, v, false, depth + 1);
	if (reader_next(r) != '}')
		v->unsure = true;
}

static void read_braced(struct reader *r, struct value *v, int depth)
{
	size_t n = name_length(r->p);
	const struct shellvar *var = shellvar_find(r->sv, r->p, n);
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
		reader_next(r);
		push_all(r, v, var ? var->value : NULL);
		v->unsure |= var && var->file;
		return;
	}
	reader_next(r);
	read_braced_word(r, &word, depth);
	var = shellvar_find(r->sv, name, n); /* the word may have assigned, too */
	v->unsure |= var && var->file;
	set = var && var->value && (!colon || *var->value);
	use = *op == '+' ? set : !set;
	if (use) {
		push_all(r, v, word.s);
		v->unsure |= word.unsure;
		if (*op == '=')
			shellvar_assign(r, name, n, &word, r->line, false);
	} else if (*op != '+') {
		push_all(r, v, var ? var->value : NULL);
	}
}

/* After the dollar. */
static void read_dollar(struct reader *r, struct value *v, int depth)
{
	size_t n = name_length(r->p);
	const struct shellvar *var;

	if (n > 0) {
		var = shellvar_find(r->sv, r->p, n);
		r->p += n;
		push_all(r, v, var ? var->value : NULL);
		v->unsure |= var && var->file;
	} else if (*r->p == '{') {
		reader_next(r);
		read_braced(r, v, depth);
	} else if (*r->p == '(') {
		reader_next(r);
		v->unsure = true;
		skip_nested(r, '(', ')');
	} else if (*r->p &&
		   (isdigit((unsigned char)*r->p) || strchr("@*#?$!-", *r->p))) {
		reader_next(r);
		v->unsure = true; /* the shell's own */
	} else {
		push(r, v, '$');
	}
}

static void read_single(struct reader *r, struct value *v)
{
	char c;

	while ((c = reader_next(r)) && c != '\'')
		push(r, v, c);
	v->unsure |= !c;
}

static void read_double(struct reader *r, struct value *v, int depth)
{
	while (*r->p && *r->p != '"')
		read_part(r, v, true, depth);
	if (reader_next(r) != '"')
		v->unsure = true;
}

/* One character, quoted string or expansion. */
static void read_part(struct reader *r, struct value *v, bool quoted, int depth)
{
	char c = reader_next(r);

	if (c == '\\') {
		c = reader_next(r);
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

bool ends_word(char c)
{
	return !c || strchr(" \t\n;&|()<>", c) != NULL;
}

void value_read(struct reader *r, struct value *v)
{
	while (!ends_word(*r->p))
		read_part(r, v, false, 0);
}
