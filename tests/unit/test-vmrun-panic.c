// SPDX-License-Identifier: MIT
/* A kernel's last words, however the console cuts them up; and what are none. */
// uses: tools/vmrun/panic.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/vmrun/panic.h"

#include <string.h>

static void is(const char *console, const char *why)
{
	const size_t n = strlen(console);

	for (size_t part = 1; part <= n; part = part * 3 + 1) {
		struct panic p = { .len = 0 };

		for (size_t i = 0; i < n; i += part)
			panic_feed(&p, console + i, n - i < part ? n - i : part);
		if (why)
			assert_string_equal(p.why, why);
		else
			assert_null(p.why);
		panic_free(&p);
	}
}

static void panics(void **state)
{
	(void)state;
	is("x\r\n[   22.785614] Kernel panic - not syncing: sysrq triggered crash\r\n",
		"sysrq triggered crash");
	is("[    1.5][    T1] Kernel panic - not syncing: VFS: Unable to mount\n"
	   "[    1.6][    T1] Kernel panic - not syncing: another\n",
		"VFS: Unable to mount");
	is("Kernel panic - not syncing: plain\n", "plain");
}

static void others(void **state)
{
	char line[1000];

	(void)state;
	is("", NULL);
	is("[   22.785614] Kernel panic - not syncing: not yet whole", NULL);
	is("grep: Kernel panic - not syncing: in a text\n", NULL);
	is("[[[[\n[]\n[ ] [\n", NULL);
	memset(line, ' ', sizeof(line));
	memcpy(line + 700, "\nKernel panic - not syncing: late\n", 35);
	is(line, "late");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(panics),
		cmocka_unit_test(others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
