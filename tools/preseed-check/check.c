/* check.c - all rules, over one file. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

static void syntax(struct check *c, struct answer *a)
{
	const char *what = !*a->question.s ? "an owner and nothing after it"
					   : "no type after the question";
	bool hash = a->owner.s[0] == '#';
	size_t len = strlen(a->owner.s);

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
	for (size_t i = 0; i < f->n; i++) {
		struct answer *a = &f->v[i];

		syntax(c, a);
		if (a->broken)
			continue;
		check_question(c, a);
		check_value(c, a);
		check_password(c, a);
		check_recipe(c, a);
		check_command(c, a);
		check_packages(c, a);
	}
	check_twice(c);
	check_asked(c);
	if (f->findings)
		qsort(f->f, f->findings, sizeof(*f->f), by_place);
}
