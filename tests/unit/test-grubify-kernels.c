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
	_cleanup_free_ char *text = NULL;
	const char *a, *b, *c;
	int n;

	(void)state;
	text = menu_make(&plain, names, &n);
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
	_cleanup_free_ char *text = NULL;
	struct menu m = plain;
	int n;

	(void)state;
	m.existing = "/boot/grub/grub.cfg";
	text = menu_make(&m, names, &n);
	assert_int_equal(n, 1);
	assert_non_null(strstr(text, "linux /boot/vmlinuz root=UUID"));
	assert_non_null(strstr(text, "initrd /boot/initrd.img\n"));
	assert_non_null(strstr(text, "configfile /boot/grub/grub.cfg"));
	assert_null(menu_make(&m, none, &n));
	assert_int_equal(n, 0);
}

static void arguments_stay_arguments(void **state)
{
	char *names[] = { S("vmlinuz"), NULL };
	_cleanup_free_ char *text = NULL;
	struct menu m = plain;
	int n;

	(void)state;
	m.args = "a=b;reboot $x\n}'\"";
	text = menu_make(&m, names, &n);
	assert_non_null(strstr(text, " ro a=b\\;reboot \\$x\\}\\'\\\"\n}"));
}

static void builder(void **state)
{
	char dev[64];

	(void)state;
	assert_int_equal(
		config_names_builder("a\nroot=/dev/sda1\n", false, dev, 64), 0);
	assert_int_equal(config_names_builder("# /dev/loop0\n", false, dev, 64), 0);
	assert_int_equal(
		config_names_builder("a\n x '/dev/loop0p1'\n", false, dev, 64), 2);
	assert_string_equal(dev, "/dev/loop0p1");
	assert_int_equal(
		config_names_builder("root=/dev/mapper/hda1", false, dev, 64), 1);
	assert_string_equal(dev, "/dev/mapper/hda1");
	/* but not where the system's own disks are maps */
	assert_int_equal(
		config_names_builder("root=/dev/mapper/hda1", true, dev, 64), 0);
	assert_int_equal(config_names_builder("root=/dev/dm-1", true, dev, 64), 1);
	/* not across lines */
	assert_int_equal(config_names_builder("/dev\n/loop", false, dev, 64), 0);
}

static void values(void **state)
{
	static const char text[] = "A=1\n B=\"two words\" # c\nC='x'\nA=3 # later\nD=";
	static const char *const want[][2] = { { "A", "3" }, { "B", "two words" },
		{ "C", "x" }, { "D", "" } };

	(void)state;
	for (int i = 0; i < 4; i++) {
		_cleanup_free_ char *v = default_value(text, want[i][0]);

		assert_string_equal(v, want[i][1]);
	}
	assert_null(default_value(text, "E"));
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
		cmocka_unit_test(builder),
		cmocka_unit_test(values),
		cmocka_unit_test(debconf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
