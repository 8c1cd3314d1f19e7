// SPDX-License-Identifier: MIT
/* Lines into words, words into settings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>


#include "../../tools/recipe/net.h"
#include "../../tools/recipe/recipe.h"

#include <string.h>

static struct pool pool;

static int teardown(void **state)
{
	(void)state;
	pool_free(&pool);
	return 0;
}

/* "key|word|word\n" of each setting, and the number of errors. */
static void parses(const char *text, const char *want, unsigned errors)
{
	struct recipe r = { .pool = &pool, .dir = -1, .quiet = true };
	char *got = pool_strdup(&pool, "");

	recipe_parse(&r, "x", text, strlen(text));
	for (size_t i = 0; i < r.n; i++) {
		got = pool_printf(&pool, "%s%s", got, r.set[i].key->name);
		for (char **w = r.set[i].word; *w; w++)
			got = pool_printf(&pool, "%s|%s", got, *w);
		got = pool_printf(&pool, "%s\n", got);
	}
	assert_string_equal(got, want);
	assert_int_equal(r.errors, errors);
	recipe_free(&r);
}

static void words(void **state)
{
	(void)state;
	parses("", "", 0);
	parses("\n\n# x\n \t\n", "", 0);
	parses("package aa bb", "package|aa|bb\n", 0);
	parses("  package\taa#bb #cc\n", "", 1);
	parses("package aa #bb\n", "package|aa\n", 0);
	parses("package \"aa\" b\"b\"\n", "package|aa|bb\n", 0);
	parses("file \"a b\" \"/c\\\"\\\\d\" # x\n", "file|a b|/c\"\\d\n", 0);
	parses("file a\\ /b\n", "file|a\\|/b\n", 0);
	parses("file \"a /b\n", "", 1);
	parses("package\n", "", 1);
	parses("disk 4G\r\n", "", 1);
	parses("disk 4G 5G\n", "", 1);
	parses("\"disk\" 4G\n", "disk|4G\n", 0);
}

static void texts(void **state)
{
	(void)state;
	parses("run  echo \"a\"  b # c \n", "run|echo \"a\"  b # c\n", 0);
	parses("run \"echo \\\"a\\\" \\\\ # b\" \n", "run|echo \"a\" \\ # b\n", 0);
	parses("run \"a\" \"b\"\n", "run|\"a\" \"b\"\n", 0);
	parses("run \"a\n", "run|\"a\n", 0);
	parses("run \"\\\"\n", "run|\"\\\"\n", 0);
	parses("run \"\"\n", "", 1);
	parses("run # x\n", "run|# x\n", 0);
	parses("expect run a \"b\" # c\n", "expect|run|a \"b\" # c\n", 0);
	parses("expect tcp 1 # c\n", "expect|tcp|1\n", 0);
	parses("answer d-i a/b string  \"x\"  # y \n",
		"answer|d-i|a/b|string|\"x\"  # y\n", 0);
	parses("answer d-i a/b string\n", "answer|d-i|a/b|string\n", 0);
}

static void normal_forms(void **state)
{
	(void)state;
	parses("release 12\narchitecture x86_64\nlocale de_DE\n"
	       "mirror http://a/debian//\nlike b.recipe\n",
		"release|bookworm\narchitecture|amd64\nlocale|de_DE.UTF-8\n"
		"mirror|http://a/debian\nlike|b\n",
		0);
	parses("repository deb http://a s/ \n", "repository|http://a|s/\n", 0);
	parses("repository deb http://a\n", "", 1);
}

static void all_errors(void **state)
{
	(void)state;
	parses("disc 4G\ndisk 4\nname x\ndisk 4G\ndisk 5G\n\x80\n", "disk|4G\n", 5);
}

static bool net(struct net *n, const char *line)
{
	char *word[16] = { NULL }, *save = NULL, *copy = pool_strdup(&pool, line);
	struct why why;
	size_t i = 0;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		word[i++] = w;
	return net_parse(n, word, &pool, &why);
}

static void networks(void **state)
{
	struct net n;

	(void)state;
	assert_true(net(&n, "dhcp"));
	assert_int_equal(n.family, 0);
	assert_true(
		net(&n, "static 10.1.2.3/20 nameserver ::1 10.0.0.1 gateway 10.1.0.1"));
	assert_string_equal(n.netmask, "255.255.240.0");
	assert_string_equal(n.gateway, "10.1.0.1");
	assert_string_equal(n.nameservers, "::1 10.0.0.1");
	assert_true(net(&n, "static 10.1.2.3/32"));
	assert_string_equal(n.netmask, "255.255.255.255");
	assert_true(net(&n, "static 10.1.2.2/31 gateway 10.1.2.3"));
	assert_true(net(&n, "static FE80:0::1/10"));
	assert_string_equal(n.address, "fe80::1");
	assert_string_equal(n.netmask, "ffc0::");
	assert_false(net(&n, "static 10.1.2.255/24"));
	assert_false(net(&n, "static 10.1.2.3/0"));
	assert_false(net(&n, "static 10.1.2.3/"));
	assert_false(net(&n, "static 10.1.2/24"));
	assert_false(net(&n, "static 10.1.2.3/24 gateway 10.1.2.3"));
	assert_false(net(&n, "static 10.1.2.3/24 gateway 10.1.2.255"));
	assert_false(net(&n, "static 10.1.2.3/24 gateway ::1"));
	assert_false(net(&n, "static 10.1.2.3/24 gateway 10.1.2.1 gateway 10.1.2.2"));
	assert_false(net(&n, "static 10.1.2.3/24 gateway"));
	assert_false(net(&n, "static"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(texts),
		cmocka_unit_test(normal_forms),
		cmocka_unit_test(all_errors),
		cmocka_unit_test(networks),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
