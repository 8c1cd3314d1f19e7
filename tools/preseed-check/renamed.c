/*
 * renamed.c - questions that published preseed files still answer, and what became
 * of them. Looked at only where the release no longer has the question.
 */
#include "check.h"

#include <string.h>

static const struct renamed table[] = {
	{ "apt-setup/security-updates", "apt-setup/services-select", false, NULL },
	{ "apt-setup/uri_type", NULL, false, "the mirror's questions say it" },
	{ "apt-setup/volatile_host", "apt-setup/services-select", false, NULL },
	{ "apt-setup/volatile", "apt-setup/services-select", false, NULL },
	{ "base-config/late_command", "preseed/late_command", true, NULL },
	{ "base-config/early_command", NULL, false, "there is no second stage any more" },
	{ "base-config/package-selection", "pkgsel/include", false, NULL },
	{ "base-installer/kernel/linux/initramfs-generators",
		"base-installer/kernel/image", false, NULL },
	{ "base-installer/kernel/override-image", "base-installer/kernel/image", true,
		NULL },
	{ "clock-setup/system-time-changed", NULL, false, "it is never asked" },
	{ "console-common/keymap_list", "keyboard-configuration/xkb-keymap", false, NULL },
	{ "console-data/keymap/full", "keyboard-configuration/xkb-keymap", false, NULL },
	{ "console-data/keymap/policy", "keyboard-configuration/xkb-keymap", false, NULL },
	{ "console-keymaps-at/keymap", "keyboard-configuration/xkb-keymap", false, NULL },
	{ "console-keymaps-usb/keymap", "keyboard-configuration/xkb-keymap", false, NULL },
	{ "console-setup/ask_detect", "keyboard-configuration/xkb-keymap", false, NULL },
	{ "console-setup/layout", "keyboard-configuration/xkb-keymap", false, NULL },
	{ "console-setup/layoutcode", "keyboard-configuration/xkb-keymap", true, NULL },
	{ "console-setup/modelcode", "keyboard-configuration/modelcode", true, NULL },
	{ "console-setup/variantcode", "keyboard-configuration/variantcode", true, NULL },
	{ "debian-installer/consoledisplay", NULL, false, "the console keeps its modules" },
	{ "debian-installer/fallbacklocale", "debian-installer/locale", false, NULL },
	{ "debian-installer/keymap", "keyboard-configuration/xkb-keymap", true, NULL },
	{ "debian-installer/probe/usb", NULL, false, "USB is always looked at" },
	{ "debian-installer/quiet", NULL, false, "say quiet on the kernel command line" },
	{ "debian-installer/splash", NULL, false, "say splash on the kernel command line" },
	{ "grub-installer/timeout", NULL, false, "put it into /etc/default/grub" },
	{ "hw-detect/start_pcmcia", NULL, false, "PCMCIA starts by itself" },
	{ "kbd-chooser/method", "keyboard-configuration/xkb-keymap", false, NULL },
	{ "keyboard-configuration/layoutcode", "keyboard-configuration/xkb-keymap", true,
		NULL },
	{ "languagechooser/language-name", "debian-installer/language", false, NULL },
	{ "languagechooser/locale", "debian-installer/locale", true, NULL },
	{ "countrychooser/country-name", "debian-installer/country", false, NULL },
	{ "lilo-installer/bootdev", "grub-installer/bootdev", true, NULL },
	{ "lilo-installer/skip", NULL, false, "LILO is gone" },
	{ "live-installer/net-image", NULL, false, "it is of Ubuntu's old installer" },
	{ "netcfg/disable_dhcp", "netcfg/disable_autoconfig", true, NULL },
	{ "netcfg/use_dhcp", "netcfg/use_autoconfig", true, NULL },
	{ "partman/confirm_new_label", "partman-partitioning/confirm_write_new_label",
		true, NULL },
	{ "partman/confirm_write_new_label",
		"partman-partitioning/confirm_write_new_label", true, NULL },
	{ "partman/alignment", NULL, false, "partitions are always aligned" },
	{ "partman-auto/purge_lvm_from_device", "partman-lvm/device_remove_lvm", true,
		NULL },
	{ "partman-auto-lvm/confirm", "partman-lvm/confirm", true, NULL },
	{ "partman-auto/confirm", "partman/confirm", true, NULL },
	{ "passwd/shadow", NULL, false, "passwords are always in shadow files" },
	{ "passwd/md5", NULL, false, "hashes are what the system makes them" },
	{ "pkgsel/install-language-support", NULL, false,
		"it is of Ubuntu's old installer" },
	{ "pkgsel/install-pattern", "pkgsel/include", false, NULL },
	{ "pkgsel/language-packs", NULL, false, "it is of Ubuntu's old installer" },
	{ "pkgsel/language-pack-patterns", NULL, false,
		"it is of Ubuntu's old installer" },
	{ "prebaseconfig/reboot_in_progress", "finish-install/reboot_in_progress", true,
		NULL },
	{ "preseed/early-command", "preseed/early_command", true, NULL },
	{ "preseed/late-command", "preseed/late_command", true, NULL },
	{ "tzconfig/choose_country_zone/US", "time/zone", false, NULL },
	{ "tzconfig/gmt", "clock-setup/utc", true, NULL },
	{ "ubiquity/reboot", NULL, false, "it is of Ubuntu's desktop installer" },
	{ "ubiquity/success_command", "preseed/late_command", false, NULL },
	{ "ubiquity/summary", NULL, false, "it is of Ubuntu's desktop installer" },
	{ "user-setup/allow-password-weak", NULL, false, "it is of Ubuntu's installer" },
	{ "user-setup/encrypt-home", NULL, false, "it is of Ubuntu's installer" },
};

const struct renamed *renamed_find(const char *name)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strcmp(table[i].old, name) == 0)
			return &table[i];
	return NULL;
}
