// SPDX-License-Identifier: MIT
/* Members of an object in one line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "jsonread.h"
#include "pool.h"

#include <errno.h>
#include <string.h>

static struct pool pool;

/* "name=value|" of each, and "!" where it ends with an error. */
static void reads(const char *line, const char *want)
{
	struct jsonread r;
	char *got = pool_strdup(&pool, ""), *name, *value;
	int n = jsonread_begin(&r, pool_strdup(&pool, line));

	while (n == 0 && (n = jsonread_next(&r, &name, &value)) == 1) {
		got = pool_printf(&pool, "%s%s=%s|", got, name, value);
		n = 0;
	}
	/* the loop's own 0 is that of the end, too */
	if (n < 0)
		got = pool_printf(&pool, "%s!", got);
	assert_string_equal(got, want);
}

static void ends(const char *line, const char *want)
{
	struct jsonread r;
	char *got = pool_strdup(&pool, ""), *name, *value;
	int n = jsonread_begin(&r, pool_strdup(&pool, line));

	assert_int_equal(n, 0);
	while ((n = jsonread_next(&r, &name, &value)) == 1)
		got = pool_printf(&pool, "%s%s=%s|", got, name, value);
	assert_int_equal(n, 0);
	assert_int_equal(jsonread_next(&r, &name, &value), 0);
	assert_string_equal(got, want);
}

static void objects(void **state)
{
	(void)state;
	ends("{}", "");
	ends(" { } ", "");
	ends("{\"a\":1}", "a=1|");
	ends("{\"a\" : 1.5e3 , \"b\":true,\"c\":null}", "a=1.5e3|b=true|c=null|");
	ends("{\"a\":\"x\",\"b\":\"\"}", "a=x|b=|");
	ends("{\"a\":[1,\"]\",{\"b\":2}],\"c\":{\"d\":\"}\"}}", "a=|c=|");
	ends("{\"a\":[],\"b\":3}", "a=|b=3|");
}

static void strings(void **state)
{
	(void)state;
	ends("{\"a\":\"\\\"\\\\\\/\\n\\t\"}", "a=\"\\/\n\t|");
	ends("{\"\\u0061\":\"\\u00e4\\u6f22\\ud83d\\ude00\"}", "a=\xc3\xa4\xe6\xbc\xa2\xf0\x9f\x98\x80|");
	ends("{\"a\":\"\\u0000\\ud83d\\ud83dx\"}",
		"a=\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx|");
	ends("{\"a\":\"\\u00E4\"}", "a=\xc3\xa4|");
}

static void not_objects(void **state)
{
	(void)state;
	reads("", "!");
	reads("[]", "!");
	reads("x", "!");
	reads("{", "!");
	reads("{\"a\"", "!");
	reads("{\"a\":", "!");
	reads("{\"a\":1", "!");
	reads("{\"a\":1,", "a=1|!");
	reads("{\"a\":1,}", "a=1|!");
	reads("{\"a\":1 2}", "!");
	reads("{\"a\":}", "!");
	reads("{a:1}", "!");
	reads("{\"a\":\"x}", "!");
	reads("{\"a\":\"\\x\"}", "!");
	reads("{\"a\":\"\\u12\"}", "!");
	reads("{\"a\":[1}", "!");
	reads("{\"a\":1} x", "!");
	reads("{\"a\":1}{", "!");
}

static void deep(void **state)
{
	char *line = pool_strdup(&pool, "{\"a\":");

	(void)state;
	for (int i = 0; i < 100; i++)
		line = pool_printf(&pool, "%s[", line);
	reads(line, "!");
}

static int teardown(void **state)
{
	(void)state;
	pool_free(&pool);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(objects),
		cmocka_unit_test(strings), cmocka_unit_test(not_objects),
		cmocka_unit_test(deep) };

	return cmocka_run_group_tests(tests, NULL, teardown);
}
