// SPDX-License-Identifier: MIT
/* lvmtidy: which names are LVM's own, and which only look like it. */
// uses: tools/lvmtidy/names.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/lvmtidy/names.h"

#include <string.h>

static const struct {
	const char *text;
	enum name_kind kind;
	const char *owner;
	uint32_t index;
	pid_t pid;
} cases[] = {
	{ "vg0_00000-1810779511.vg", NAME_ARCHIVE, "vg0", 0, 0 },
	{ "vg0_00042-1.vg", NAME_ARCHIVE, "vg0", 42, 0 },
	{ "vg0_123456-1.vg", NAME_ARCHIVE, "vg0", 123456, 0 },
	{ "vg0_4294967295-4294967295.vg", NAME_ARCHIVE, "vg0", UINT32_MAX, 0 },
	{ "a_b-c.d+e_00001-2.vg", NAME_ARCHIVE, "a_b-c.d+e", 1, 0 },
	{ "vg0_00001-5_00002-7.vg", NAME_ARCHIVE, "vg0_00001-5", 2, 0 },
	{ "vg0_4294967296-1.vg", NAME_FOREIGN, 0, 0, 0 },
	{ "vg0_0042-1.vg", NAME_FOREIGN, 0, 0, 0 },
	{ "vg0_000042-1.vg", NAME_FOREIGN, 0, 0, 0 },
	{ "vg0_00042-.vg", NAME_FOREIGN, 0, 0, 0 },
	{ "vg0_00042.vg", NAME_FOREIGN, 0, 0, 0 },
	{ "vg0_00042-1.vg~", NAME_FOREIGN, 0, 0, 0 },
	{ "vg0_00042-1.vg.bak", NAME_FOREIGN, 0, 0, 0 },
	{ "vg0_-0042-1.vg", NAME_FOREIGN, 0, 0, 0 },
	{ "vg0_00042- 1.vg", NAME_FOREIGN, 0, 0, 0 },
	{ "_00042-1.vg", NAME_FOREIGN, 0, 0, 0 },
	{ "-vg_00042-1.vg", NAME_FOREIGN, 0, 0, 0 },
	{ ".._00042-1.vg", NAME_FOREIGN, 0, 0, 0 },
	{ "my vg_00042-1.vg", NAME_FOREIGN, 0, 0, 0 },
	{ "vg0", NAME_FOREIGN, 0, 0, 0 },
	{ ".vg", NAME_FOREIGN, 0, 0, 0 },
	{ "", NAME_FOREIGN, 0, 0, 0 },
	{ ".lvm_vm_25019_293050838", NAME_TEMP, "vm", 0, 25019 },
	{ ".lvm_host_with_bars_7_1", NAME_TEMP, "host_with_bars", 0, 7 },
	{ ".lvm_a.b.c_1_0", NAME_TEMP, "a.b.c", 0, 1 },
	{ ".lvm__1_0", NAME_FOREIGN, 0, 0, 0 },
	{ ".lvm_1_0", NAME_FOREIGN, 0, 0, 0 },
	{ ".lvm_vm_0_1", NAME_FOREIGN, 0, 0, 0 },
	{ ".lvm_vm_4294967295_1", NAME_FOREIGN, 0, 0, 0 },
	{ ".lvm_vm_-1_1", NAME_FOREIGN, 0, 0, 0 },
	{ ".lvm_vm_1_1x", NAME_FOREIGN, 0, 0, 0 },
	{ "lvm_vm_1_1", NAME_FOREIGN, 0, 0, 0 },
	{ ".lvmrc", NAME_FOREIGN, 0, 0, 0 },
};

static void names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct name n = { 0 };

		name_parse(cases[i].text, &n);
		if (n.kind != cases[i].kind)
			fail_msg("%s", cases[i].text);
		if (n.kind == NAME_FOREIGN)
			continue;
		assert_int_equal(n.owner_len, strlen(cases[i].owner));
		assert_memory_equal(n.owner, cases[i].owner, n.owner_len);
		assert_int_equal(n.index, cases[i].index);
		if (n.kind == NAME_ARCHIVE) {
			char again[NAME_MAX + 1];

			name_archive(again, cases[i].owner, n.index, n.random);
			assert_string_equal(again, cases[i].text);
		}
		assert_int_equal(n.pid, cases[i].pid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
