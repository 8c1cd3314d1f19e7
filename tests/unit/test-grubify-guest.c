// SPDX-License-Identifier: MIT
/* What the helper guest is made of: the archive, modules in order, names of volumes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/grubify/layers.h"
#include "../../tools/grubify/ramdisk.h"
#include "../../tools/grubify/vmkernel.h"
#include "cleanup.h"
#include "run.h"

#include <string.h>

// uses: tools/grubify/layers.c tools/grubify/ramdisk.c

// uses: tools/grubify/vmkernel.c tools/grubify/blob.c

// needs: blkid ext2fs com_err

static const char dep[] = "kernel/crypto/xor.ko.xz:\n"
			  "kernel/fs/btrfs/btrfs.ko.xz: kernel/lib/raid6.ko.xz "
			  "kernel/crypto/xor.ko.xz kernel/lib/libcrc32c.ko.xz\n"
			  "kernel/drivers/block/virtio-blk.ko:\n"
			  "kernel/lib/libcrc32c.ko.xz:\n";

static void in_order(void **state)
{
	_cleanup_free_ char *a = modules_for(dep, "btrfs", "");
	_cleanup_free_ char *b =
		modules_for(dep, "btrfs", "kernel/lib/libcrc32c.ko.xz\nx\n");
	_cleanup_free_ char *c = modules_for(dep, "virtio_blk", "");
	_cleanup_free_ char *d = modules_for(dep, "virtio", "");
	_cleanup_free_ char *e = modules_for("", "xfs", "");

	(void)state;
	assert_string_equal(a, "kernel/lib/libcrc32c.ko.xz\nkernel/crypto/xor.ko.xz\n"
			       "kernel/lib/raid6.ko.xz\nkernel/fs/btrfs/btrfs.ko.xz\n");
	assert_string_equal(b, "kernel/crypto/xor.ko.xz\nkernel/lib/raid6.ko.xz\n"
			       "kernel/fs/btrfs/btrfs.ko.xz\n");
	assert_string_equal(c, "kernel/drivers/block/virtio-blk.ko\n");
	assert_string_equal(d, "");
	assert_string_equal(e, "");
}

static void volumes(void **state)
{
	_cleanup_free_ char *a = layers_lvm_name("/dev/vg/root");
	_cleanup_free_ char *b = layers_lvm_name("/dev/vg-a/my-root");

	(void)state;
	assert_string_equal(a, "vg-root");
	assert_string_equal(b, "vg--a-my--root");
	assert_null(layers_lvm_name("/dev/sda1"));
	assert_null(layers_lvm_name("/dev/mapper/"));
	assert_null(layers_lvm_name("/dev/a/b/c"));
	assert_null(layers_lvm_name("UUID=1"));
}

/* cpio, whose format it is, reads it. */
static void archive(void **state)
{
	struct ramdisk r;
	_cleanup_free_ char *command = NULL, *text = NULL;
	size_t len;
	int fd;

	(void)state;
	assert_int_equal(ramdisk_open(&r), 0);
	assert_int_equal(ramdisk_data(&r, "a/b/c", 0640, "12345", 5), 0);
	assert_int_equal(ramdisk_data(&r, "a/b/c", 0640, "again", 5), 0);
	assert_int_equal(ramdisk_link(&r, "a/l", "b/c"), 0);
	assert_int_equal(ramdisk_data(&r, "e", 0600, "", 0), 0);
	assert_int_equal(ramdisk_file(&r, "none", 0600, "/no/such/file"), -ENOENT);
	assert_int_equal(ramdisk_program(&r, "init", "/no/such/file"), -ENOENT);
	assert_int_equal(ramdisk_program(&r, "bin/ldd", "/usr/bin/ldd"), -ENOEXEC);
	fd = ramdisk_finish(&r);
	assert_true(fd >= 0);
	assert_true(asprintf(&command, "cpio -tv --quiet </proc/%d/fd/%d", getpid(),
			    fd) > 0);
	const char *const argv[] = { "sh", "-c", command, NULL };

	assert_int_equal(run_capture(argv, 1 << 16, &text, &len), 0);
	assert_non_null(strstr(text, "drwxr-xr-x"));
	assert_non_null(strstr(text, "-rw-r-----"));
	assert_non_null(strstr(text, "a/b/c\n"));
	assert_non_null(strstr(text, "a/l -> b/c\n"));
	assert_ptr_equal(strstr(strstr(text, "a/b/c\n") + 1, "a/b/c\n"), NULL);
	ramdisk_close(&r);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(volumes),
		cmocka_unit_test(archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
