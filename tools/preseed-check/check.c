/* check.c - all rules, over one file. */
#include "check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool placeholder(const char *s)
{
	return strstr(s, "${") || strstr(s, "{{") || strstr(s, "<%") ||
	       strstr(s, "%{") || strstr(s, "@@") ||
	       (s[0] == '$' && (isalpha((unsigned char)s[1]) || s[1] == '_') &&
		       !strchr(s + 1, '$'));
}

/* A line that is a template's own, Jinja's, ERB's, Terraform's or Cheetah's. */
static bool directive(const char *owner)
{
	static const char *const list[] = { "{%", "{{", "<%", "%{", "@@", "$SNIPPET",
		"#if", "#else", "#end", "#set", "#for", "#include", "#import", "#try",
		"#except", "#raw", "#def", "#unless", "#while", "#silent" };

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (strncmp(owner, list[i], strlen(list[i])) == 0)
			return true;
	return false;
}

/* What is neither a question nor followed by a type: a command that has lost its line.
 */
static bool no_answer(const struct answer *a)
{
	const char *slash = strchr(a->question.s, '/');

	if (qtype_find(a->type.s, strlen(a->type.s)) != QT_COUNT || a->seen)
		return false;
	return !slash || slash == a->question.s || a->question.s[0] == '-' ||
	       !strspn(a->type.s, "abcdefghijklmnopqrstuvwxyz") ||
	       strcmp(a->owner.s, "in-target") == 0;
}

static void syntax(struct check *c, struct answer *a)
{
	const char *what = !*a->question.s ? "an owner and nothing after it"
					   : "no type after the question";
	bool hash = a->owner.s[0] == '#';
	size_t len = strlen(a->owner.s);

	/* what such a line becomes, only the template's own program knows */
	if (directive(a->owner.s) || (c->file->template && strchr(a->text, '$'))) {
		a->broken = true;
		return;
	}
	if (hash) {
		found(c, a, 0, len, LEVEL_ERROR, R_COMMENT,
			"only a # in the first column begins a comment; the installer "
			"takes this for an answer");
		if (a->seg[0].at == 0) {
			/* everything before it on its line is blank */
			size_t from = a->seg[0].from, line = from;

			while (line > 0 && c->file->text[line - 1] != '\n')
				line--;
			if (c->last && line < from) {
				struct edit *e = pool_alloc(c->pool, sizeof(*e));

				*e = (struct edit){ line, from, "" };
				c->last->fix = e;
			}
		}
		a->broken = true;
		return;
	}
	if (!a->broken && qindex_find(c->index, a->type.s) && a->value.s[0]) {
		found(c, a, 0, len, LEVEL_ERROR, R_SYNTAX,
			"%s stands where the type belongs: there is one word too many "
			"before it",
			a->type.s);
		mend(c, a, 0, a->question.at, "");
		a->broken = true;
		return;
	}
	if (!a->broken && no_answer(a) && !strchr(a->question.s, '{')) {
		found(c, a, 0, a->len, LEVEL_ERROR, R_SYNTAX,
			"this is no answer; does the line before it want a \\ at its "
			"end?");
		a->broken = true;
		return;
	}
	if (!a->broken || (a->segs && *a->type.s))
		return;
	found(c, a, 0, a->len ? a->len : 1, LEVEL_ERROR, R_SYNTAX,
		"%s: the installer gives the whole file up here", what);
}

static int by_place(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

void check_file(struct check *c)
{
	struct file *f = c->file;

	if (memchr(f->text, '\0', f->len)) {
		found_file(c, "", LEVEL_ERROR, R_SYNTAX, "a NUL byte: not a text file");
		return;
	}
	lines_read(c);
	for (size_t i = 0; i < f->n; i++)
		f->template |= directive(f->v[i].owner.s);
	for (size_t i = 0; i < f->n; i++) {
		struct answer *a = &f->v[i];

		if (a->told)
			continue;
		syntax(c, a);
		if (a->broken)
			continue;
		check_question(c, a);
		check_value(c, a);
		check_password(c, a);
		check_partman(c, a);
		check_recipe(c, a);
		check_command(c, a);
		check_packages(c, a);
	}
	check_twice(c);
	check_layout(c);
	check_asked(c);
	check_late(c);
	if (f->findings)
		qsort(f->f, f->findings, sizeof(*f->f), by_place);
}
