// SPDX-License-Identifier: MIT
/* check.c - all rules, over one file. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

static int by_place(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

static bool has_blocks(const char *s)
{
	const char *end = s + strlen(s);
	unsigned missing = 0;

	return template_next(&s, end, &missing) != TURN_NONE;
}

/* Commands and lists, with dollars in place of what a template fills in. */
static void check_masked(struct check *c, struct answer *a)
{
	const char *text = a->text, *value = a->value.s;

	if (a->masked != text) {
		a->text = a->masked;
		a->value.s =
			pool_strndup(c->pool, a->masked + a->value.at, strlen(value));
	}
	/* what of it there will be, only the template's program knows */
	if (!marked(c, a) && !has_blocks(text))
		check_command(c, a);
	check_packages(c, a);
	a->text = text;
	a->value.s = value;
}

static void check_answer(struct check *c, struct answer *a)
{
	check_question(c, a);
	check_marks(c, a);
	check_value(c, a);
	check_password(c, a);
	check_network(c, a);
	check_account(c, a);
	check_place(c, a);
	if (!marked(c, a))
		check_partman(c, a);
	check_recipe(c, a);
	check_masked(c, a);
}

void check_file(struct check *c)
{
	struct file *f = c->file;

	if (memchr(f->text, '\0', f->len)) {
		found_file(c, "", LEVEL_ERROR, R_SYNTAX,
			"a NUL byte: not a text file%s",
			memcmp(f->text, "\xff\xfe", 2) == 0 ||
					memcmp(f->text, "\xfe\xff", 2) == 0
				? ", but UTF-16: the installer wants UTF-8"
				: "");
		return;
	}
	lines_read(c);
	answers_sort(c);
	cmdline_read(c);
	c->archives = more_archives(c);
	for (size_t i = 0; i < f->n; i++) {
		struct answer *a = &f->v[i];

		if (a->told)
			continue;
		check_line(c, a);
		if (!a->broken)
			check_answer(c, a);
	}
	check_twice(c);
	check_layout(c);
	check_cmdline(c);
	check_asked(c);
	check_late(c);
	if (f->findings)
		qsort(f->f, f->findings, sizeof(*f->f), by_place);
}
