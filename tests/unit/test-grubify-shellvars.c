// SPDX-License-Identifier: MIT
/* /etc/default/grub as the shell file that it is; what dash makes of it is the measure. */
// uses: tools/grubify/shellvars.c tools/grubify/shellvalue.c

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/grubify/shellvars.h"
#include "cleanup.h"

#include <string.h>

static char told[256];

static void tell(void *arg, const char *file, int line)
{
	size_t n = strlen(told);

	(void)arg, (void)file;
	snprintf(told + n, sizeof(told) - n, "%d ", line);
}

/* A after all of the text; NULL: none, "?": it is not known. lines: what was told. */
static void value_is(const char *text, const char *want, const char *lines)
{
	struct shellvars sv = { .left_out = tell };
	const struct shellvar *a;

	told[0] = '\0';
	assert_int_equal(shellvars_read(&sv, "f", text), 0);
	a = shellvars_get(&sv, "A");
	if (!want)
		assert_true(!a || !a->value);
	else if (strcmp(want, "?") == 0)
		assert_non_null(a && a->file ? a : NULL);
	else
		assert_string_equal(a && a->value && !a->file ? a->value : "(none)", want);
	assert_string_equal(told, lines);
	shellvars_free(&sv);
}

static void quotes(void **state)
{
	(void)state;
	value_is("A=1", "1", "");
	value_is("A=", "", "");
	value_is("  A=1 # c\n", "1", "");
	value_is("A=a#b", "a#b", "");
	value_is("A=\"two words\"' and 'more\\ here", "two words and more here", "");
	value_is("A=\"x=\\\"file y.c +p\\\" b\"", "x=\"file y.c +p\" b", "");
	value_is("A=\"\\a\\$\\`\\\\\"", "\\a$`\\", "");
	value_is("A='\\$x'", "\\$x", "");
	value_is("A=\"a=1 \\\n  b=2\"", "a=1   b=2", "");
	value_is("A=a\\\nb", "ab", "");
	value_is("A='a\nb'", "a\nb", "");
	value_is("A=\"don't\"", "don't", "");
	value_is("A=1\r\nB=2\r\n", "1\r", "");
	value_is("A=$", "$", "");
}

static void expansions(void **state)
{
	(void)state;
	value_is("S=ttyS0\nA=\"a=1\"\nA=\"$A console=$S\"", "a=1 console=ttyS0", "");
	value_is("S=x\nA=${S}y'$S'", "xy$S", "");
	value_is("A=$NONE.", ".", "");
	value_is("A=${B:-d}${B-e}${B:+f}", "de", "");
	value_is("B=\nA=${B:-d}${B-e}${B+g}", "dg", "");
	value_is("B=1\nA=${B:-d}${B:+\"f $B\"}", "1f 1", "");
	value_is(": ${A:=word}", "word", "");
	value_is(": ${A:=${B:=${C:=${D:=${E:=x}}}}}$A", "x", "");
	value_is("A=1\nA=\"$A\"\"${A}\"", "11", "");
	value_is("A=x; A+=' y'", "x y", "");
	value_is("A=1;B=2; A=$B", "2", "");
	value_is("A=1 B=2\n", "1", "");
	value_is("A=1 && A=2\n", "2", "");
	value_is("export A=1 B\n", "1", "");
	value_is("export A\nA=1\n", "1", "");
	value_is("A=1\nunset A\n", NULL, "");
}

/* The last known value stays, and it is known that there is another one. */
static void needs_a_shell(void **state)
{
	(void)state;
	value_is("A=1\nA=$(echo 2)\n", "?", "");
	value_is("A=`echo \"x\"`\n", "?", "");
	value_is("A=\"$((1 + 2))\"", "?", "");
	value_is("A=${B%x}", "?", "");
	value_is("A=$1", "?", "");
	value_is("B=`x`\nA=$B\n", "?", "");
	value_is("B=`x`\nA=1\n", "1", "");
	value_is("A=`x`\nA=1\n", "1", "");
	value_is("A='open\nB=2", "?", "");
	value_is("A=$(echo ')' \"$(x)\" \\))\nA=2", "2", "");
}

static void commands(void **state)
{
	(void)state;
	value_is("A=1 cmd\n", NULL, "1 ");
	value_is("A=1\nif true; then\n A=2\nfi\nB=3\n", "1", "2 ");
	value_is("if a; then if b; then A=2; fi; A=3; fi; A=4\n", "4", "1 ");
	value_is("[ -f x ] && A=2\nA=1\n", "1", "1 ");
	value_is(". /etc/x\nA=1\n", "1", "1 ");
	value_is("case $x in\na) A=2 ;;\n(b) A=3;;\nesac\nA=1\n", "1", "1 ");
	value_is("case $x in\na) A=2 ;;\nesac\n", NULL, "1 ");
	value_is("for A in if fi; do A=9; done\nA=1", "1", "1 ");
	value_is("while x; do A=2\ndone; A=1", "1", "1 ");
	value_is("f() {\n A=2\n}\nA=1\n", "1", "1 ");
	value_is("(A=2)\nA=1\n", "1", "1 ");
	value_is("( x; A=2 )\n", NULL, "1 ");
	value_is("{ A=2; }\n", NULL, "1 ");
	value_is("cat <<EOF\nA=2\nEOF\nA=1\n", "1", "1 ");
	value_is("echo if\nA=1\n", "1", "1 ");
	value_is("x | A=2\nA=1 | y\n", NULL, "1 2 ");
	value_is("x &\nA=1\n", "1", "1 ");
	value_is("x ||\nA=2\n", NULL, "1 ");
	value_is("fi\nA=1\n", "1", "1 ");
	value_is(")\nA=1\n", "1", "1 ");
	value_is("<\nA=1\n", "1", "1 ");
}

/* No text makes more of itself than there is room for. */
static void bounded(void **state)
{
	struct shellvars sv = { 0 };

	(void)state;
	assert_int_equal(shellvars_read(&sv, "f", "A=0123456789abcdef\n"), 0);
	for (int i = 0; i < 40; i++)
		assert_int_equal(shellvars_read(&sv, "f", "A=$A$A\n"), 0);
	assert_non_null(shellvars_get(&sv, "A")->file);
	assert_true(strlen(shellvars_get(&sv, "A")->value) <= 64 << 10);
	shellvars_free(&sv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes),
		cmocka_unit_test(expansions),
		cmocka_unit_test(needs_a_shell),
		cmocka_unit_test(commands),
		cmocka_unit_test(bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
