// SPDX-License-Identifier: MIT
/* The guest's words: what is heard, what is ignored, however it is cut up. */
// uses: tools/vmrun/words.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/vmrun/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct heard {
	char text[4096];
};

static void say(void *opaque, const struct word *w)
{
	struct heard *h = opaque;
	const size_t n = strlen(h->text);

	snprintf(h->text + n, sizeof(h->text) - n, "%d(%s%s%s)[%s];", (int)w->kind,
		w->key ? w->key : "", w->object ? "," : "", w->object ? w->object : "",
		w->text);
}

static unsigned long feed(const char *in, size_t n, size_t part, struct heard *h)
{
	struct words w = { .nonce = "secret-1", .say = say, .opaque = h };

	h->text[0] = '\0';
	for (size_t i = 0; i < n; i += part)
		assert_int_equal(
			words_feed(&w, in + i, n - i < part ? n - i : part), 0);
	words_free(&w);
	return w.ignored;
}

static void check(const char *in, const char *heard, unsigned long ignored)
{
	const size_t parts[] = { 1, 2, 7, 10000 };
	struct heard h;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		assert_int_equal(feed(in, strlen(in), parts[i], &h), ignored);
		assert_string_equal(h.text, heard);
	}
}

static void words(void **state)
{
	(void)state;
	check("secret-1 step a b\n", "0()[a b];", 0);
	check("secret-1 step a\r\nsecret-1 done\n", "0()[a];2()[];", 0);
	check("secret-1 data k v w\nsecret-1 data k\n", "1(k)[v w];1(k)[];", 0);
	check("\n\r\n", "", 0);
}

static void failures(void **state)
{
	(void)state;
	check("secret-1 failed no-mirror http://a/b it is away\n",
		"3(no-mirror,http://a/b)[it is away];", 0);
	check("secret-1 failed answers - did not come\n",
		"3(answers,-)[did not come];", 0);
	check("secret-1 failed a1 o\nsecret-1 failed a\nsecret-1 failed a \n",
		"3(a1,o)[];3(a,-)[];3(a,-)[];", 0);
	check("secret-1 failed a  text\n", "3(a,-)[text];", 0);
	/* in a form of its own it is one nevertheless */
	check("secret-1 failed\nsecret-1 failed \n",
		"3(unspecified,-)[];3(unspecified,-)[];", 0);
	check("secret-1 failed No mirror\nsecret-1 failed 1a b c\n",
		"3(unspecified,-)[No mirror];3(unspecified,-)[1a b c];", 0);
	check("secret-1 failed -a b c\nsecret-1 failed a_b c\n",
		"3(unspecified,-)[-a b c];3(unspecified,-)[a_b c];", 0);
}

static void not_heard(void **state)
{
	(void)state;
	check("done\n", "", 1);
	check("secret-2 done\n", "", 1);
	check("secret-1done\nsecret-1  done\nsecret-1\n", "", 3);
	check(" secret-1 done\nx secret-1 done\n", "", 2);
	check("secret-1 done now\nsecret-1 donee\nsecret-1 DONE\n", "", 3);
	check("secret-1 step\nsecret-1 step \nsecret-1 data \nsecret-1 data  v\n", "",
		4);
	check("secret-1 done", "", 0); /* not a line yet */
}

static void with_nul(void **state)
{
	static const char in[] = "secret-1 step a\0b\nsecret-1 done\n";
	struct heard h;

	(void)state;
	assert_int_equal(feed(in, sizeof(in) - 1, 5, &h), 1);
	assert_string_equal(h.text, "2()[];");
}

/* Nobody can make it keep more than a line's limit. */
static void overlong(void **state)
{
	struct heard h = { "" };
	struct words w = { .nonce = "secret-1", .say = say, .opaque = &h };
	char *big = malloc(1 << 20);

	(void)state;
	memset(big, 'x', 1 << 20);
	for (int i = 0; i < 16; i++)
		assert_int_equal(words_feed(&w, big, 1 << 20), 0);
	assert_true(w.room <= 1 << 17);
	assert_int_equal(words_feed(&w, "\nsecret-1 done\n", 15), 0);
	assert_string_equal(h.text, "2()[];");
	assert_int_equal(w.ignored, 1);
	words_free(&w);
	free(big);
}

static void nonces(void **state)
{
	(void)state;
	assert_true(words_nonce_ok("12345678"));
	assert_false(words_nonce_ok("1234567"));
	assert_false(words_nonce_ok("1234 5678"));
	assert_false(words_nonce_ok("12345678\n"));
	assert_false(words_nonce_ok(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(failures),
		cmocka_unit_test(not_heard),
		cmocka_unit_test(with_nul),
		cmocka_unit_test(overlong),
		cmocka_unit_test(nonces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
