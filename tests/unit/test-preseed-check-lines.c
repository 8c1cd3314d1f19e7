// SPDX-License-Identifier: MIT
/* Lines as the installer takes them apart, and where each part was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

// uses: tools/preseed-check/lines.c
// uses: tools/preseed-check/finding.c
// uses: tools/preseed-check/rules.c
// uses: tools/preseed-check/fix.c
// uses: tools/preseed-check/template.c
// uses: tools/preseed-check/lookup.c

#include "../../tools/preseed-check/check.h"

#include <stdlib.h>
#include <string.h>

static struct pool pool;

static int teardown(void **state)
{
	(void)state;
	pool_free(&pool);
	return 0;
}

static void read_text(struct check *c, struct file *f, const char *text)
{
	*f = (struct file){ .name = "x", .text = text, .len = strlen(text) };
	*c = (struct check){ .pool = &pool, .file = f };
	lines_read(c);
}

static void done(struct file *f)
{
	free(f->v);
	free(f->f);
}

/* "owner|question|type|value" of each. */
static void reads(const char *text, const char *want)
{
	struct check c;
	struct file f;
	char *got = pool_strdup(&pool, "");

	read_text(&c, &f, text);
	for (size_t i = 0; i < f.n; i++)
		got = pool_printf(&pool, "%s%s|%s|%s|%s\n", got, f.v[i].owner.s,
			f.v[i].question.s, f.v[i].type.s, f.v[i].value.s);
	assert_string_equal(got, want);
	done(&f);
}

static void parts(void **state)
{
	(void)state;
	reads("d-i a/b string c d\n", "d-i|a/b|string|c d\n");
	reads("  d-i\ta/b   string   c  \r\n", "d-i|a/b|string|c\n");
	reads("d-i a/b note", "d-i|a/b|note|\n");
	reads("#d-i a/b string c\n\n \t\n", "");
	reads("d-i a/b string \\\n  c \\\n# no part of it\n\n\td\n", "d-i|a/b|string|c d\n");
	reads("d-i a/b string a\\b\n", "d-i|a/b|string|a\\b\n");
	reads("d-i\n", "d-i|||\n");
	reads("\\\n\\\nd-i a/b note\n", "d-i|a/b|note|\n");
}

/* Blanks behind a backslash, and an answer where another was to go on. */
static void slips(void **state)
{
	struct check c;
	struct file f;

	(void)state;
	read_text(&c, &f, "d-i a/b string c \\ \n  d\nd-i e/f string g \\ \nd-i h/i note\n");
	assert_int_equal(f.n, 3);
	assert_string_equal(f.v[0].value.s, "c d");
	assert_int_equal(f.v[0].seg[0].late, LATE_MORE);
	assert_int_equal(f.v[1].seg[0].late, LATE_LAST);
	assert_string_equal(f.v[1].value.s, "g");
	done(&f);
	read_text(&c, &f, "d-i a/b string c \\\n\n# x\nd-i d/e string f \\\nd-i g/h seen true\n");
	assert_int_equal(f.n, 3);
	assert_int_equal(f.v[0].slip.into, 0);
	assert_int_equal(f.v[1].slip.into, 1);
	assert_string_equal(f.v[1].slip.question, "a/b");
	assert_int_equal(f.v[1].slip.line, 1);
	assert_int_equal(f.v[2].slip.into, 1);
	assert_int_equal(f.v[2].slip.line, 4);
	answers_sort(&c);
	assert_null(answer_find(&c, "d/e"));
	assert_string_equal(answer_find(&c, "a/b")->value.s, "c");
	done(&f);
	/* within a quote it is the command's own */
	read_text(&c, &f, "d-i x/late_command string sh -c ' \\\nd-i a/b string c'\n");
	assert_int_equal(f.n, 1);
	done(&f);
}

/* A value sets the flag; "seen" sets and takes it away. */
static void flags(void **state)
{
	struct check c;
	struct file f;

	(void)state;
	read_text(&c, &f,
		"d-i a/a string x\nd-i b/b seen true\nd-i c/c string x\nd-i c/c seen false\n"
		"d-i d/d seen\nd-i e/e string x\nd-i e/e seen true or not\n");
	answers_sort(&c);
	assert_true(answer_seen(&c, "a/a"));
	assert_true(answer_seen(&c, "b/b"));
	assert_null(answer_find(&c, "b/b"));
	assert_false(answer_seen(&c, "c/c"));
	assert_int_equal(answer_unseen(&c, "c/c"), 4);
	assert_false(answer_seen(&c, "d/d"));
	assert_true(answer_seen(&c, "e/e"));
	done(&f);
}

/* What a template's program takes out is no answer, and parts no words. */
static void templates(void **state)
{
	struct check c;
	struct file f;

	(void)state;
	reads("<%#\n d-i x/y note\n%>\nd-i a/b string c\n", "d-i|a/b|string|c\n");
	reads("{% if x %}\nd-i a/b string {{ c d }}\n{% endif %}\n", "d-i|a/b|string|{{ c d }}\n");
	reads("d-i a/{{ n }}/b string<%= c %>\n", "d-i|a/{{ n }}/b|string|<%= c %>\n");
	reads("%{ if x ~}\nd-i a/b note\n%{ endif ~}\n", "d-i|a/b|note|\n");
	reads("d-i a/b string %{http_code} {# x\n", "d-i|a/b|string|%{http_code} {# x\n");
	reads("<% open for ever\nd-i a/b note\n", "<%|open|for|ever\nd-i|a/b|note|\n");
	read_text(&c, &f,
		"<% if a %>\nd-i a/b string c\n<% else %>\nd-i a/b string d\n<% end %>\n"
		"d-i a/b string e\n");
	assert_int_equal(f.n, 3);
	assert_int_not_equal(f.v[0].branch, f.v[1].branch);
	assert_int_equal(f.v[2].branch, 0);
	assert_true(f.template);
	done(&f);
}

static void places(void **state)
{
	struct check c;
	struct file f;

	(void)state;
	read_text(&c, &f, "# x\nd-i a/b string \\\n\t\xc3\xbcx yy\n");
	found(&c, &f.v[0], f.v[0].value.at + 4, 2, LEVEL_ERROR, R_CHOICE, "x");
	assert_int_equal(f.f[0].line, 3);
	assert_int_equal(f.f[0].column, 5);
	assert_int_equal(f.f[0].width, 2);
	found(&c, &f.v[0], f.v[0].question.at, 3, LEVEL_ERROR, R_UNKNOWN, "x");
	assert_int_equal(f.f[1].line, 2);
	assert_int_equal(f.f[1].column, 5);
	done(&f);
}

static void rests(void **state)
{
	struct check c;
	struct file f;

	(void)state;
	read_text(&c, &f,
		"# preseed-check: ignore choice, boolean\nd-i a/b string c\nd-i a/c string c\n");
	found(&c, &f.v[0], 0, 1, LEVEL_ERROR, R_CHOICE, "x");
	assert_int_equal(f.findings, 0);
	mend(&c, &f.v[0], 0, 1, "x"); /* nothing to mend */
	found(&c, &f.v[0], 0, 1, LEVEL_ERROR, R_UNKNOWN, "x");
	found(&c, &f.v[1], 0, 1, LEVEL_ERROR, R_CHOICE, "x");
	assert_int_equal(f.findings, 2);
	done(&f);
}

static void mends(void **state)
{
	struct check c;
	struct file f;
	size_t len, count;

	(void)state;
	read_text(&c, &f, "d-i a/b boolean yes \\\n x\n");
	found(&c, &f.v[0], f.v[0].type.at, 7, LEVEL_ERROR, R_TYPE, "x");
	mend(&c, &f.v[0], f.v[0].type.at, 7, "string");
	found(&c, &f.v[0], f.v[0].value.at, 5, LEVEL_ERROR, R_CHOICE, "x");
	mend(&c, &f.v[0], f.v[0].value.at, 5, "z"); /* is in two pieces */
	assert_string_equal(fixed_text(&f, &pool, LEVEL_NOTE, &len, &count),
		"d-i a/b string yes \\\n x\n");
	assert_int_equal(count, 1);
	assert_int_equal(len, 24);
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts),
		cmocka_unit_test(slips),
		cmocka_unit_test(flags), cmocka_unit_test(templates),
		cmocka_unit_test(places),
		cmocka_unit_test(rests),
		cmocka_unit_test(mends),
	};

	return cmocka_run_group_tests_name("preseed-check: lines", tests, NULL, teardown);
}
