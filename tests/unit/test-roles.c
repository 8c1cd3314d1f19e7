// SPDX-License-Identifier: MIT
/* fstab as text, and what its first column names. */
// needs: blkid ext2fs

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cleanup.h"
#include "roles.h"

#include <string.h>

static void device(const char *text, const char *want)
{
	_cleanup_free_ char *got = fstab_device(text, "/boot");

	if (want)
		assert_string_equal(got, want);
	else
		assert_null(got);
}

static void fstab(void **state)
{
	(void)state;
	device("", NULL);
	device("UUID=1 / ext4\nUUID=2\t/boot  ext4 defaults 0 2\n", "UUID=2");
	device("#UUID=1 /boot ext4\n  LABEL=b /boot", "LABEL=b");
	device("UUID=1 /boot/efi vfat\n", NULL);
	device("/boot", NULL);
	device("/boot\n/dev/sda1 /boot", "/dev/sda1");
}

#define S(text) ((char[]){ text })

static void resolve(void **state)
{
	struct part parts[] = {
		{ .number = 1,
			.uuid = S("AAAA-1"),
			.label = S("one"),
			.partuuid = S("p-01") },
		{ .number = 12, .uuid = S("bbbb"), .name = S("Boot") },
	};
	struct image img = { .parts = parts, .n = 2 };

	(void)state;
	assert_ptr_equal(roles_resolve(&img, "UUID=aaaa-1"), &parts[0]);
	assert_ptr_equal(roles_resolve(&img, "LABEL=one"), &parts[0]);
	assert_ptr_equal(roles_resolve(&img, "PARTUUID=P-01"), &parts[0]);
	assert_ptr_equal(roles_resolve(&img, "PARTLABEL=Boot"), &parts[1]);
	assert_ptr_equal(roles_resolve(&img, "/dev/nvme0n1p12"), &parts[1]);
	assert_ptr_equal(roles_resolve(&img, "/dev/vda1"), &parts[0]);
	assert_ptr_equal(roles_resolve(&img, "/dev/disk/by-uuid/bbbb"), &parts[1]);
	assert_null(roles_resolve(&img, "/dev/mapper/vg-root1"));
	assert_null(roles_resolve(&img, "UUID="));
	assert_null(roles_resolve(&img, "/dev/sda"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fstab),
		cmocka_unit_test(resolve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
