// SPDX-License-Identifier: MIT
/* Command lines into words, and what needs no shell to be seen as valid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

// uses: tools/preseed-check/tokens.c
// uses: tools/preseed-check/shell.c

#include "../../tools/preseed-check/check.h"

#include <string.h>

static struct pool pool;

static int teardown(void **state)
{
	(void)state;
	pool_free(&pool);
	return 0;
}

static const char *words(const char *text)
{
	struct tokens t;
	struct text out;
	FILE *f = text_open(&out);

	tokens_read(&t, &pool, text);
	for (size_t i = 0; i < t.n; i++)
		fprintf(f, "%s%c%s", i ? " " : "", t.v[i].kind, t.v[i].s);
	return text_close(&out, &pool);
}

static void splits(void **state)
{
	(void)state;
	assert_string_equal(words("a b;c"), "wa wb o; wc");
	assert_string_equal(words("a 'b c' \"d \\\" e\" f\\ g"), "wa wb c wd \" e wf g");
	assert_string_equal(words("a>b 2>>c <d&&e||f&"), "wa r> wb r>> wc r< wd o&& we o|| wf o&");
	assert_string_equal(words("a # b"), "wa");
	assert_string_equal(words("a#b"), "wa#b");
	assert_string_equal(words(""), "");
}

static bool plain(const char *text)
{
	struct tokens t;

	tokens_read(&t, &pool, text);
	return t.plain && tokens_valid(&t);
}

/* What is plain and valid must be so for the shell, too. */
static void plain_is_valid(void **state)
{
	static const char *const good[] = { "a", "a b; c", "a && b || c", "a 'x;(' > /f",
		"a;", "a &", "X=1 a \"$b\"", "" };
	static const char *const other[] = { "if a; then b", "a 'b", "a ;; b", "&& a",
		"a &&", "a | | b", "a >", "(a", "$(a", "`a", "a; ; b", "{ a", "a \"$(", "case",
		"a | ", "a ||", "a <<x", "a )", "! a", "a \\" };
	struct shell *s = shell_new(&pool);

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(plain(good[i]));
		assert_null(shell_fault(s, good[i]));
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		assert_false(plain(other[i]));
	shell_free(s);
}

static void shell_says(void **state)
{
	struct shell *s = shell_new(&pool);

	(void)state;
	assert_non_null(strstr(shell_fault(s, "if true"), "syntax error"));
	assert_null(shell_fault(s, "for i in 1; do echo; done"));
	/* the same again comes from memory */
	assert_ptr_equal(shell_fault(s, "if true"), shell_fault(s, "if true"));
	/* nothing is run */
	assert_null(shell_fault(s, "kill $$; exit 7"));
	shell_free(s);
}

static void comments(void **state)
{
	struct tokens t;

	(void)state;
	tokens_read(&t, &pool, "a # b");
	assert_int_equal(t.comment, 2);
	tokens_read(&t, &pool, "a '# b'");
	assert_int_equal(t.comment, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits),
		cmocka_unit_test(plain_is_valid),
		cmocka_unit_test(shell_says),
		cmocka_unit_test(comments),
	};

	return cmocka_run_group_tests_name("preseed-check: words", tests, NULL, teardown);
}
