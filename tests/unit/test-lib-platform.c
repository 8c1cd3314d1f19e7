// SPDX-License-Identifier: MIT
/* The table of architectures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "platform.h"

#include <string.h>

static void by_name(void **state)
{
	(void)state;
	assert_ptr_equal(platform_find("amd64"), platform_find("x86_64"));
	assert_string_equal(platform_find("aarch64")->name, "arm64");
	assert_string_equal(platform_find("i686")->name, "i386");
	assert_null(platform_find("vax"));
	assert_null(platform_find(""));
}

static void loaders(void **state)
{
	const struct platform *p = platform_find("amd64");

	(void)state;
	assert_string_equal(platform_loader(p, "bios"), "grub-pc");
	assert_string_equal(platform_loader(p, "uefi"),
		"grub-efi-amd64 grub-efi-amd64-signed shim-signed");
	assert_string_equal(platform_loader(platform_find("riscv64"), "bios"), "");
}

static void buses(void **state)
{
	const struct platform *p = platform_find("amd64");

	(void)state;
	assert_string_equal(platform_bus(p, "pc"), "pci.0");
	assert_string_equal(platform_bus(p, "pc-i440fx-9.2"), "pci.0");
	assert_string_equal(platform_bus(p, "q35"), "pcie.0");
	assert_string_equal(platform_bus(p, "pc-q35-9.2"), "pcie.0");
	assert_null(platform_bus(platform_find("arm64"), "virt"));
}

/* A row is complete where a guest can be made, and has what a system needs where it can
 * be installed. */
static void complete(void **state)
{
	char names[128], *save = NULL;

	(void)state;
	platform_names(names, sizeof(names), false);
	for (char *s = strtok_r(names, ", ", &save); s;
		s = strtok_r(NULL, ", ", &save)) {
		const struct platform *p = platform_find(s);

		assert_non_null(p->kernel);
		assert_non_null(p->console);
		assert_true(p->bios || p->uefi);
		assert_true(!p->bios || p->bios_loader);
		assert_true(!p->uefi || p->uefi_loader);
		if (p->machine[0].name) {
			assert_non_null(p->machine[0].bus);
			assert_non_null(p->panic);
			assert_non_null(p->tcg_cpu);
		}
	}
}

static void listed(void **state)
{
	char names[128], few[12];

	(void)state;
	platform_names(names, sizeof(names), false);
	assert_string_equal(names, "amd64, arm64, ppc64el, riscv64, s390x");
	platform_names(names, sizeof(names), true);
	assert_string_equal(names, "amd64");
	platform_names(few, sizeof(few), false);
	assert_string_equal(few, "amd64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_name),
		cmocka_unit_test(loaders),
		cmocka_unit_test(buses),
		cmocka_unit_test(complete),
		cmocka_unit_test(listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
