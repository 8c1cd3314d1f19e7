// SPDX-License-Identifier: MIT
/* What a grub.cfg boots by itself. */
// uses: tools/grubify/bootcfg.c

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/grubify/bootcfg.h"

#include <stdio.h>
#include <string.h>

/* "LINE FILE ROOT", "LINE +INITRD" for each of the default entry, and flags. */
static void boots(const char *text, const char *want)
{
	struct bootcfg cfg;
	char got[512] = "";

	assert_int_equal(bootcfg_parse(&cfg, text), 0);
	for (size_t i = 0; i < cfg.n; i++) {
		const struct bootline *l = &cfg.list[i];
		size_t n = strlen(got);

		snprintf(got + n, sizeof(got) - n, "%d %s%s %s|", l->line,
			l->initrd ? "+" : "", l->file ? l->file : "?",
			l->initrd ? "" : l->root ? l->root : "?");
	}
	snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s%s",
		cfg.empty ? "empty" : "", cfg.other ? "other" : "",
		cfg.blscfg ? "blscfg" : "");
	assert_string_equal(got, want);
	bootcfg_free(&cfg);
}

static void plain(void **state)
{
	(void)state;
	boots("menuentry x {\n\tlinux /v root=UUID=1 ro\n\tinitrd /i /j\n}\n",
		"2 /v UUID=1|3 +/i |3 +/j |");
	boots("menuentry 'a { b' --class x {\n linux '/v' \"root=LABEL=a b\"\n}",
		"2 /v LABEL=a b|");
	boots("menuentry x { linux /v root=/dev/sda1; initrd /i; }",
		"1 /v /dev/sda1|1 +/i |");
	boots("linux /v \\\n root=x\nboot", "1 /v x|");
	boots("menuentry x {\n linux16 /v\n}\n", "2 /v ?|");
	boots("menuentry x {\n linux $k root=$r\n}\n", "2 ? ?|");
	boots("menuentry x {\n linux /v root=a root=b\n}\n", "2 /v b|");
}

/* Titles, echo and comments name devices without using them. */
static void words_only(void **state)
{
	(void)state;
	boots("menuentry 'linux (on /dev/loop0p1)' {\n echo 'linux /x root=/dev/loop0'\n"
	      "# linux /y\n linux /v root=UUID=1\n}\n",
		"4 /v UUID=1|");
}

static void which(void **state)
{
	static const char two[] = "menuentry a --id first {\n linux /a\n}\n"
				  "menuentry 'b c' {\n linux /b\n}\n";
	static const struct {
		const char *set, *want;
	} known[] = { { "", "3 /a ?|" }, { "set default=0\n", "3 /a ?|" },
		{ "set default=\"1\"\n", "6 /b ?|" }, { "set default=7\n", "3 /a ?|" },
		{ "set default='b c'\n", "6 /b ?|" }, { "set default=first\n", "3 /a ?|" },
		{ "set default=\"$saved\"\n", "3 /a ?|" },
		{ "set default='1>0'\n", "6 /b ?|" } };

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		char text[256];

		snprintf(text, sizeof(text), "%s%s%s", known[i].set,
			*known[i].set ? "" : "\n", two);
		boots(text, known[i].want);
	}
	boots("submenu s {\n menuentry a {\n linux /a\n }\n}\nmenuentry b {\n linux /b\n}",
		"3 /a ?|");
	boots("function f {\n linux /x\n}\nmenuentry b {\n linux /b\n}", "5 /b ?|");
	boots("menuentry a {\n if [ x = y ]; then linux /a; else linux /b; fi\n}",
		"2 /a ?|2 /b ?|");
}

static void elsewhere(void **state)
{
	(void)state;
	boots("", "empty");
	boots("# nothing\nset timeout=5\n", "empty");
	boots("configfile /x\n", "other");
	boots("menuentry a {\n chainloader +1\n}\n", "other");
	boots("menuentry a {\n multiboot2 /xen\n module2 /v root=/dev/loop0\n}\n", "other");
	boots("insmod blscfg\nblscfg\n", "blscfg");
	boots("if [ -f x ]; then\n source x\nfi\nmenuentry a {\n linux /a\n}\n",
		"5 /a ?|");
	boots("}}}}{{{ menuentry", "empty");
	boots("menuentry a {\n linux", "2 ? ?|");
	boots("menuentry 'a", "empty");
}

/* The form that grub-mkconfig gives it. */
static void as_made(void **state)
{
	(void)state;
	boots("### BEGIN /etc/grub.d/00_header ###\n"
	      "if [ -s $prefix/grubenv ]; then\n  set have_grubenv=true\n  load_env\nfi\n"
	      "if [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\n"
	      "   save_env next_entry\nelse\n   set default=\"0\"\nfi\n"
	      "if [ x\"${feature_menuentry_id}\" = xy ]; then\n"
	      "  menuentry_id_option=\"--id\"\nelse\n  menuentry_id_option=\"\"\nfi\n"
	      "export menuentry_id_option\n"
	      "function load_video {\n  if [ x$x = xy ]; then\n    insmod all_video\n  fi\n}\n"
	      "terminal_output gfxterm\nset timeout=5\n"
	      "menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'simple' {\n"
	      "\tload_video\n\tif [ x$grub_platform = xxen ]; then insmod xzio; fi\n"
	      "\tsearch --no-floppy --fs-uuid --set=root 1-2\n"
	      "\techo\t'Loading Linux 6.1 ...'\n"
	      "\tlinux\t/boot/vmlinuz-6.1 root=UUID=1-2 ro  quiet\n"
	      "\techo\t'Loading initial ramdisk ...'\n"
	      "\tinitrd\t/boot/initrd.img-6.1\n}\n"
	      "submenu 'Advanced options' $menuentry_id_option 'advanced' {\n"
	      "\tmenuentry 'recovery' --class debian $menuentry_id_option 'r' {\n"
	      "\t\tlinux\t/boot/vmlinuz-5.10 root=UUID=9 ro single\n\t}\n}\n"
	      "if [ -f  ${config_directory}/custom.cfg ]; then\n"
	      "  source ${config_directory}/custom.cfg\nfi\n",
		"30 /boot/vmlinuz-6.1 UUID=1-2|32 +/boot/initrd.img-6.1 |");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(words_only),
		cmocka_unit_test(which),
		cmocka_unit_test(elsewhere),
		cmocka_unit_test(as_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
