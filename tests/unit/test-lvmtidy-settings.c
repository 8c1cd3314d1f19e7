// SPDX-License-Identifier: MIT
/* lvmtidy: lvm.conf as people and lvmconfig write it. */
// uses: tools/lvmtidy/settings.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/lvmtidy/settings.h"

#include <errno.h>
#include <string.h>

static int parse(struct settings *s, const char *text, unsigned *line)
{
	settings_default(s);
	return settings_parse(s, text, strlen(text), line);
}

static void sections(void **state)
{
	struct settings s;
	unsigned line;

	(void)state;
	assert_int_equal(parse(&s,
				 "# a remark { \"\n"
				 "devices { filter = [ \"a|.*|\", 'r' ] x=[] }\n"
				 "backup {\n\tarchive = 0 # no\n\tretain_min=3\n"
				 "\tarchive_dir = \"/var/a \\\"b\\\"\"\n}\n"
				 "backup/retain_days=7\n"
				 "global { locking_dir=\"/run/l\" deep { x = 1.5 } }",
				 &line),
		0);
	assert_int_equal(s.archive, 0);
	assert_int_equal(s.retain_min, 3);
	assert_int_equal(s.retain_days, 7);
	assert_string_equal(s.archive_dir, "/var/a \"b\"");
	assert_string_equal(s.locking_dir, "/run/l");
	assert_string_equal(s.backup_dir, "/etc/lvm/backup");
}

static void other_sections_do_not_count(void **state)
{
	struct settings s;
	unsigned line;

	(void)state;
	assert_int_equal(
		parse(&s, "retain_min=1 log{retain_min=2} x{backup{retain_min=3}}",
			&line),
		0);
	assert_int_equal(s.retain_min, 10);
}

static void broken(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
	} cases[] = { { "\nbackup {", 2 }, { "}", 1 }, { "a\n\n= =", 3 }, { "a", 1 },
		{ "a=[1,", 1 }, { "a=\"x\ny\"", 1 }, { "backup/retain_min=-1", 1 },
		{ "backup/retain_min=many", 1 }, { "backup/archive_dir=\"here\"", 1 },
		{ "a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{", 1 }, { "=", 1 } };
	struct settings s;
	unsigned line;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (parse(&s, cases[i].text, &line) != -EBADMSG)
			fail_msg("%s", cases[i].text);
		assert_int_equal(line, cases[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections),
		cmocka_unit_test(other_sections_do_not_count),
		cmocka_unit_test(broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
