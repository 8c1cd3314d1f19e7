// SPDX-License-Identifier: MIT
/* The texts: menus, /etc/default/grub, debconf's answers. */
// uses: tools/grubify/kernels.c

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/grubify/kernels.h"
#include "cleanup.h"

#include <string.h>

/* a string that may be written to, as names from a folder are */
#define S(text) ((char[]){ text })

static const struct menu plain = { .search = "u-u-i-d",
	.folder = "/boot",
	.root = "UUID=u-u-i-d",
	.root_plain = "PARTUUID=p" };

static void newest_first(void **state)
{
	char *names[] = { S("config-6.1.0-9"), S("vmlinuz-6.1.0-9"),
		S("vmlinuz-6.1.0-40"), S("initrd.img-6.1.0-40"), S("vmlinuz-6.1.0-10"),
		S("initramfs-6.1.0-10.img"), S("vmlinuz-6.1.0-40.old"),
		S("vmlinuz-$(x)"), S("grub/"), NULL };
	_cleanup_free_ char *text = NULL, *demoted = NULL;
	const char *a, *b, *c;
	int n;

	(void)state;
	text = menu_make(&plain, names, &n, &demoted);
	assert_int_equal(n, 3);
	a = strstr(text, "linux /boot/vmlinuz-6.1.0-40 root=UUID=u-u-i-d ro\n"
			 "\tinitrd /boot/initrd.img-6.1.0-40\n");
	b = strstr(text, "linux /boot/vmlinuz-6.1.0-10 root=UUID=u-u-i-d ro\n"
			 "\tinitrd /boot/initramfs-6.1.0-10.img\n");
	c = strstr(text, "linux /boot/vmlinuz-6.1.0-9 root=PARTUUID=p ro\n}");
	assert_true(a && b && c && a < b && b < c);
	assert_null(strstr(text, "$("));
	assert_null(strstr(text, "configfile"));
}

static void bare_names(void **state)
{
	char *names[] = { S("vmlinuz"), S("initrd.img"), NULL },
	     *none[] = { S("x"), NULL };
	_cleanup_free_ char *text = NULL, *demoted = NULL;
	struct menu m = plain;
	int n;

	(void)state;
	m.existing = "/boot/grub/grub.cfg";
	text = menu_make(&m, names, &n, &demoted);
	assert_int_equal(n, 1);
	assert_non_null(strstr(text, "linux /boot/vmlinuz root=UUID"));
	assert_non_null(strstr(text, "initrd /boot/initrd.img\n"));
	assert_non_null(strstr(text, "configfile /boot/grub/grub.cfg"));
	assert_null(menu_make(&m, none, &n, &demoted));
	assert_int_equal(n, 0);
}

static void arguments_stay_arguments(void **state)
{
	char *names[] = { S("vmlinuz"), NULL };
	_cleanup_free_ char *text = NULL, *demoted = NULL;
	struct menu m = plain;
	int n;

	(void)state;
	m.args = "a=b;reboot $x\n}'\"";
	text = menu_make(&m, names, &n, &demoted);
	assert_non_null(strstr(text, " ro a=b\\;reboot \\$x \\}\\'\\\"\n}"));
}

/* What a line of /etc/default/grub has in quotes is one word to GRUB, and to the kernel. */
static void words_stay_words(void **state)
{
	char *names[] = { S("vmlinuz"), NULL };
	_cleanup_free_ char *text = NULL, *demoted = NULL;
	struct menu m = plain;
	int n;

	(void)state;
	m.args = " dyndbg=\"file x.c +p\" b='c d\\' e=\\$f ";
	text = menu_make(&m, names, &n, &demoted);
	assert_non_null(strstr(
		text, " ro \"dyndbg=file x.c +p\" \"b=c d\\\\\" e=\\$f\n}"));
}

/* sort -V's order; what has no initrd is not what boots, unless nothing has. */
static void order(void **state)
{
	char *names[] = { S("vmlinuz-6.12~rc6"), S("vmlinuz-6.12.0"),
		S("vmlinuz-6.12.0-rc1"), S("vmlinuz-6.2"), S("vmlinuz-7.0"),
		S("initrd.img-6.12~rc6"), S("initrd.img-6.12.0"), S("initrd.img-6.2"),
		S("vmlinuz-6.99.dpkg-new"), S("vmlinuz-6.99.rpmsave"),
		S("vmlinux-6.99.gz"), S("vmlinuz-6.99.sig"), S("vmlinuz-6.99~"), NULL };
	_cleanup_free_ char *text = NULL, *demoted = NULL;
	static const char *const want[] = { "6.12.0'", "6.12~rc6'", "6.2'", "7.0'",
		"6.12.0-rc1'" };
	const char *at;
	int n;

	(void)state;
	at = text = menu_make(&plain, names, &n, &demoted);
	assert_int_equal(n, 5);
	for (int i = 0; i < n; i++) {
		at = strstr(at, "menuentry 'Linux ");
		assert_non_null(at);
		at += strlen("menuentry 'Linux ");
		assert_memory_equal(at, want[i], strlen(want[i]));
	}
	assert_string_equal(demoted, "vmlinuz-7.0");
}

static void nothing_to_call_it_by(void **state)
{
	char *names[] = { S("vmlinuz-1"), NULL };
	char *demoted;
	struct menu m = plain;
	int n;

	(void)state;
	m.root_plain = NULL;
	assert_null(menu_make(&m, names, &n, &demoted));
}

static void versions(void **state)
{
	static const char *const up[] = { "6.1~rc1", "6.1", "6.1-rc1", "6.1.0-9-amd64",
		"6.1.0-9-rt", "6.1.0-10-amd64", "6.01.1", "6.2", "6.10", "10" };

	(void)state;
	for (size_t i = 0; i < sizeof(up) / sizeof(*up); i++)
		for (size_t k = 0; k < sizeof(up) / sizeof(*up); k++) {
			int got = version_cmp(up[i], up[k]);

			assert_int_equal((got > 0) - (got < 0), (i > k) - (i < k));
		}
	assert_int_equal(version_cmp("1.02", "1.2"), 0);
}

static void faults(void **state)
{
	unsigned char h[KERNEL_HEAD] = { 0 };

	(void)state;
	assert_string_equal(kernel_fault(h, 0, 0), "empty");
	assert_string_equal(kernel_fault(h, 100, 100), "no bzImage");
	assert_string_equal(kernel_fault(h, sizeof(h), 0), "no bzImage");
	h[510] = 0x55, h[511] = 0xaa;
	memcpy(h + 0x202, "HdrS\x0f\x02", 6);
	assert_null(kernel_fault(h, sizeof(h), 0));
	assert_null(kernel_fault(h, sizeof(h), 9000));
	h[0x1f4 + 2] = 1; /* 0x10000 paragraphs: a mebibyte */
	assert_null(kernel_fault(h, sizeof(h), 5 * 512 + (1 << 20)));
	assert_string_equal(kernel_fault(h, sizeof(h), 1 << 20), "cut short");
	assert_null(kernel_fault(h, sizeof(h), 0));
	memcpy(h + 56, "ARM\x64", 4);
	assert_string_equal(kernel_fault(h, sizeof(h), 0), "arm64's");
	assert_string_equal(kernel_fault("\x1f\x8b\x08", 3, 3),
		"gzip-compressed, as other architectures have it");
	assert_string_equal(kernel_fault("\x7f""ELF", 4, 4), "an ELF file");
}

static void forgets(const char *in, const char *out, const char *was)
{
	_cleanup_free_ char *device = NULL, *text = debconf_forget(in, &device);

	assert_string_equal(text, out);
	assert_string_equal(device, was);
}

static void debconf(void **state)
{
	char *device;

	(void)state;
	forgets("Name: a\nValue: 1\n\nName: grub-pc/install_devices\n"
		"Value: /dev/sda\nOwners: grub-pc\n\n",
		"Name: a\nValue: 1\n\nName: grub-pc/install_devices\n"
		"Value: \nOwners: grub-pc\n\n"
		"Name: grub-pc/install_devices_empty\n"
		"Template: grub-pc/install_devices_empty\nValue: true\n"
		"Owners: grub-pc\nFlags: seen\n\n",
		"/dev/sda");
	/* the other answer is there, without a value */
	forgets("Name: grub-pc/install_devices_empty\nOwners: grub-pc\n\n"
		"Name: grub-pc/install_devices\nValue: /dev/vda\n",
		"Name: grub-pc/install_devices_empty\nValue: true\nOwners: grub-pc\n\n"
		"Name: grub-pc/install_devices\nValue: \n",
		"/dev/vda");
	assert_null(debconf_forget(
		"Name: grub-pc/install_devices\nOwners: grub-pc\n", &device));
	assert_null(
		debconf_forget("Name: grub-pc/install_devices\nValue:\n\n", &device));
	assert_null(debconf_forget("", &device));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newest_first),
		cmocka_unit_test(bare_names),
		cmocka_unit_test(arguments_stay_arguments),
		cmocka_unit_test(words_stay_words),
		cmocka_unit_test(order),
		cmocka_unit_test(nothing_to_call_it_by),
		cmocka_unit_test(versions),
		cmocka_unit_test(faults),
		cmocka_unit_test(debconf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
