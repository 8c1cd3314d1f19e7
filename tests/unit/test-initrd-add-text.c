// SPDX-License-Identifier: MIT
/* The texts that initrd-add reads: templates, the package status, preseed files. */
// uses: tools/initrd-add/templates.c
// uses: tools/initrd-add/status.c
// uses: tools/initrd-add/answers.c
// uses: tools/initrd-add/tree.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/initrd-add/answers.h"
#include "../../tools/initrd-add/status.h"
#include "../../tools/initrd-add/templates.h"
#include "cleanup.h"

#include <string.h>

static void stripped(const char *in, const char *want)
{
	_cleanup_free_ char *out = NULL;
	unsigned line;
	size_t len;

	assert_int_equal(templates_strip(in, strlen(in), &out, &len, &line), 0);
	assert_string_equal(out, want);
	assert_int_equal(len, strlen(want));
}

static void translations_go(void **state)
{
	(void)state;
	stripped("Template: a/b\nType: select\nChoices-C: x, y\nChoices: X, Y\n"
		 "Choices-de.UTF-8: Ix, Yps\nDefault: x\nDefault-C: x\n"
		 "Indices-de.UTF-8: 2, 1\nDescription: Which?\n A longer\n .\n text.\n"
		 "Description-de.UTF-8: Was?\n Ein\n .\n Text.\n"
		 "Extended_description-pt_BR.UTF-8: x\n\n"
		 "Template: a/c\nType: note\nDescription-sr@latin.UTF-8: s\n",
		"Template: a/b\nType: select\nChoices-C: x, y\nChoices: X, Y\n"
		"Default: x\nDefault-C: x\nDescription: Which?\n A longer\n .\n "
		"text.\n\n"
		"Template: a/c\nType: note\n");
	stripped("\n\nTemplate: a\nDescription: ends without a newline",
		"Template: a\nDescription: ends without a newline");
	stripped("", "");
}

static void no_templates(void **state)
{
	const char text[] = "Template: a\n\nnothing\n";
	char *out;
	size_t len;
	unsigned line = 0;

	(void)state;
	assert_int_equal(
		templates_strip(text, strlen(text), &out, &len, &line), -EBADMSG);
	assert_int_equal(line, 3);
}

static const char udeb[] = "Package: disk-test\nVersion: 1:2-3\nArchitecture: all\n"
			   "Maintainer: somebody <a@b>\nInstalled-Size: 12\n"
			   "Provides: made-disk,\n other\nDepends: libc6-udeb (>= 2),\n"
			   " cdebconf-udeb\nDescription: one line\n and another\n"
			   "Installer-Menu-Item: 4200\n";

static void a_package_is_noted(void **state)
{
	const char base[] =
		"Package: anna\nStatus: install ok unpacked\nVersion: 1.9\n\n";
	_cleanup_(status_free) struct status st = { 0 };
	_cleanup_free_ char *text = NULL;
	const char *why;
	unsigned line;
	size_t len;

	(void)state;
	assert_int_equal(status_parse(&st, base, strlen(base), &line, &why), 0);
	assert_int_equal(status_add(&st, udeb, strlen(udeb), &why), 0);
	assert_int_equal(status_add(&st, udeb, strlen(udeb), &why), -EEXIST);
	assert_int_equal(status_installed(status_find(&st, "anna")), 0);
	text = status_text(&st, &len);
	assert_string_equal(text,
		"Package: anna\nStatus: install ok installed\nVersion: 1.9\n\n"
		"Package: disk-test\nStatus: install ok unpacked\nVersion: 1:2-3\n"
		"Provides: made-disk, other\nDepends: libc6-udeb (>= 2), "
		"cdebconf-udeb\n"
		"Description: one line\nInstaller-Menu-Item: 4200\n\n");
	assert_null(status_find(&st, "disk"));
	status_remove(&st, status_find(&st, "anna"));
	assert_int_equal(st.count, 1);
	assert_string_equal(st.list[0].version, "1:2-3");
}

static void no_status(void **state)
{
	static const char *const bad[] = { "Package: a\n", "Version: 1\n",
		"Package: a\nVersion: 1\n\nhello\n", " Package: a\nVersion: 1\n",
		"Package:\nVersion: 1\n" };
	const char *why = NULL;
	unsigned line;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		_cleanup_(status_free) struct status st = { 0 };

		assert_int_equal(status_parse(&st, bad[i], strlen(bad[i]), &line, &why),
			-EBADMSG);
		assert_non_null(why);
	}
}

static void answer(
	const char *in, const char *question, const char *value, const char *noted)
{
	_cleanup_(answers_free) struct answers a = { 0 };
	const char *why;
	unsigned line;

	assert_int_equal(answers_parse(&a, in, strlen(in), &line, &why), 0);
	assert_int_equal(a.count, 1);
	assert_string_equal(a.list[0].question, question);
	assert_string_equal(a.list[0].value, value);
	assert_string_equal(a.list[0].line, noted);
}

static void answers_as_the_installer(void **state)
{
	(void)state;
	answer("d-i a/b string x y\n", "a/b", "x y", "d-i a/b string x y");
	answer("d-i a/b string", "a/b", "", "d-i a/b string");
	answer("d-i a/b string \n", "a/b", "", "d-i a/b string ");
	answer(" \td-i\ta/b \t string\tx  y \t\n", "a/b", "x  y",
		"d-i\ta/b \t string\tx  y \t");
	answer("d-i a/b string x\rx\r\n", "a/b", "xx", "d-i a/b string xx");
	answer("#c\n\n \t\nd-i a/b string #x\n", "a/b", "#x", "d-i a/b string #x");
	answer("d-i a/b string \\n $x `y` \\\\ z\n", "a/b", "\\n $x `y` \\\\ z",
		"d-i a/b string \\n $x `y` \\\\ z");
	answer("d-i a/b string one \t\\\n   two\\\n#no\n\nthree\n", "a/b",
		"one two three", "d-i a/b string one two three");
	answer("\\\nd-i a/b string x\n", "a/b", "x", "d-i a/b string x");
}

static void flags_and_files(void **state)
{
	const char text[] = "d-i a/b seen false\nd-i preseed/include string x.cfg\n";
	_cleanup_(answers_free) struct answers a = { 0 };
	const char *why;
	unsigned line;

	(void)state;
	assert_int_equal(answers_parse(&a, text, strlen(text), &line, &why), 0);
	assert_int_equal(a.count, 2);
	assert_true(a.list[0].flag && !a.list[0].fetch);
	assert_true(!a.list[1].flag && a.list[1].fetch);
}

static void wrong_answers(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
	} bad[] = { { "d-i\n", 1 }, { "\nd-i a/b\n", 2 }, { "d-i a/b \n", 1 },
		{ "d-i a/b string x\nd-i \\\n\na/b\n", 2 },
		{ "d-i a/b string \\\n", 1 } };
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		_cleanup_(answers_free) struct answers a = { 0 };
		unsigned line = 0;

		why = NULL;
		assert_int_equal(answers_parse(&a, bad[i].text, strlen(bad[i].text),
					 &line, &why),
			-EBADMSG);
		assert_non_null(why);
		assert_int_equal(line, bad[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(translations_go),
		cmocka_unit_test(no_templates),
		cmocka_unit_test(a_package_is_noted),
		cmocka_unit_test(no_status),
		cmocka_unit_test(answers_as_the_installer),
		cmocka_unit_test(flags_and_files),
		cmocka_unit_test(wrong_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
