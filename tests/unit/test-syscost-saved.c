// SPDX-License-Identifier: MIT
/* syscost: JSON comes back as it went, and nothing else is taken for it. */
// uses: tools/syscost/saved.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/syscost/compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int parse(struct saved *s, const char *text, unsigned *line)
{
	/* A copy of just that size: reading beyond it is seen by sanitizers. */
	size_t n = strlen(text);
	char *copy = malloc(n ? n : 1);
	int r;

	memcpy(copy, text, n);
	r = saved_parse(s, copy, n, line);
	free(copy);
	return r;
}

static void ours(void **state)
{
	struct saved s;
	unsigned line;

	(void)state;
	assert_int_equal(
		parse(&s,
			"{ \"syscost\": 1, \"host\": \"a\\\"b\\u0041\", \"x\": [1, {}, "
			"[]],\n"
			"\"tsc_hz\":2.5e9,\"results\":[{\"name\":\"syscall\",\"ns\":"
			"{\"min\":1,\"median\":2.5,\"p25\":2,\"p75\":3},"
			"\"cycles\":{\"median\":99}},{\"name\":\"two\"}]}\n",
			&line),
		0);
	assert_string_equal(s.host, "a\"b?");
	assert_true(s.tsc_hz == 2.5e9);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.list[0].name, "syscall");
	assert_true(s.list[0].median == 2.5 && s.list[0].p75 == 3);
	assert_true(s.list[1].median < 0);
}

static void not_ours(void **state)
{
	static const char *const cases[] = { "{}", "[]", "1", "{\"syscost\":2}",
		"{\"syscost\":1}", "{\"syscost\":1,\"results\":[]}",
		"{\"x\":{\"syscost\":1},\"results\":[{}]}" };
	struct saved s;
	unsigned line;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (parse(&s, cases[i], &line) != -ENODATA)
			fail_msg("%s", cases[i]);
}

static void broken(void **state)
{
	static const char *const cases[] = { "", "{", "[1,]", "{\"a\"}", "{\"a\":}",
		"{\"a\":1,}", "{a:1}", "\"x", "\"\\q\"", "\"\\u00g0\"", "\"\\u00",
		"tru", "1 2", "--1", "1e999", "[1", "nan", "\"a\nb\"",
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[" };
	struct saved s;
	unsigned line;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (parse(&s, cases[i], &line) != -EBADMSG)
			fail_msg("%s", cases[i]);
	assert_int_equal(parse(&s, "{\n\"a\":1,\n\n!", &line), -EBADMSG);
	assert_int_equal(line, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours),
		cmocka_unit_test(not_ours),
		cmocka_unit_test(broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
