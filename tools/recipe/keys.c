// SPDX-License-Identifier: MIT
/* keys.c - what a recipe can say: the table. */
#include "keys.h"

#include "checks.h"
#include "nearest.h"

#include <string.h>

enum { MANY = 500 };

const struct key keys[KEY_COUNT] = {
	{ K_ANSWER, "answer", "OWNER QUESTION TYPE [VALUE]", KEY_LIST, 3, 4, 3,
		check_answer, "any question of debconf's" },
	{ K_ARCHITECTURE, "architecture", "ARCH", 0, 1, 1, -1, check_architecture,
		"by Debian's name, or uname's" },
	{ K_CMDLINE, "cmdline", "PARAMETER...", KEY_LIST, 1, MANY, -1, check_cmdline,
		"parameters for the installed kernel" },
	{ K_COUNTRY, "country", "CODE", 0, 1, 1, -1, check_country,
		"two capitals; the locale's unless said" },
	{ K_CPUS, "cpus", "NUMBER", 0, 1, 1, -1, check_cpus, "processors" },
	{ K_DISK, "disk", "SIZE", 0, 1, 1, -1, check_disk, "the disk's size" },
	{ K_DOMAIN, "domain", "NAME", 0, 1, 1, -1, check_domain, "the DNS domain" },
	{ K_EXPECT, "expect",
		"http PORT [PATH] | tcp PORT | unit NAME | run COMMAND | "
		"file PATH",
		KEY_LIST, 1, 4, -1, check_expect, "what the boot test looks for" },
	{ K_FILE, "file", "SOURCE TARGET [MODE [OWNER]]", KEY_LIST, 2, 4, -1,
		check_file, "a file of the recipe's folder to put in" },
	{ K_FILESYSTEM, "filesystem", "ext4 | xfs | btrfs", 0, 1, 1, -1,
		check_filesystem, "for all partitions but /boot and swap" },
	{ K_FIRMWARE, "firmware", "bios | uefi", 0, 1, 1, -1, check_firmware,
		"what the machine boots with" },
	{ K_HOSTNAME, "hostname", "NAME", 0, 1, 1, -1, check_hostname,
		"the recipe's name unless said" },
	{ K_KERNEL, "kernel", "cloud | generic | PACKAGE", 0, 1, 1, -1, check_kernel,
		"the kernel's flavour" },
	{ K_KEY, "key", "TYPE BASE64 [COMMENT]", KEY_LIST, 1, 1, 0, check_key,
		"an SSH public key for root" },
	{ K_KEYBOARD, "keyboard", "KEYMAP", 0, 1, 1, -1, check_keyboard,
		"the keyboard's layout" },
	{ K_LANGUAGE, "language", "CODE", 0, 1, 1, -1, check_language,
		"the installer's own language" },
	{ K_LAYOUT, "layout", "regular | lvm | home | multi | expert RECIPE", 0, 1,
		MANY, -1, check_layout, "how the disk is partitioned" },
	{ K_LIKE, "like", "RECIPE", 0, 1, 1, -1, check_like,
		"another recipe of the folder to build on" },
	{ K_LOCALE, "locale", "NAME", 0, 1, 1, -1, check_locale,
		"the installed system's language" },
	{ K_MEMORY, "memory", "SIZE", 0, 1, 1, -1, check_memory,
		"the machine's memory" },
	{ K_MIRROR, "mirror", "URL", 0, 1, 1, -1, check_mirror,
		"where packages are from" },
	{ K_NAME, "name", "NAME", KEY_OPERATOR, 1, 1, -1, check_hostname,
		"the appliance's name; the file's unless said" },
	{ K_NETWORK, "network",
		"dhcp | static ADDRESS/PREFIX [gateway ADDRESS] [nameserver "
		"ADDRESS...]",
		0, 1, 64, -1, check_network, "how the machine gets its address" },
	{ K_PACKAGE, "package", "NAME...", KEY_LIST, 1, MANY, -1, check_packages,
		"packages to install" },
	{ K_PROXY, "proxy", "URL | none", 0, 1, 1, -1, check_proxy,
		"the appliance's proxy for packages" },
	{ K_RELEASE, "release", "NAME", 0, 1, 1, -1, check_release,
		"the distribution's release, by name or number" },
	{ K_REPOSITORY, "repository", "URL SUITE [COMPONENT...] [key=FILE]", KEY_LIST,
		2, 32, -1, check_repository, "one more source of packages" },
	{ K_RUN, "run", "COMMAND", KEY_LIST, 1, 1, 0, check_run,
		"a shell command for the installed system" },
	{ K_SECURITY, "security", "HOST | none", 0, 1, 1, -1, check_security,
		"the host of the security archive" },
	{ K_SWAP, "swap", "SIZE | none", 0, 1, 1, -1, check_swap, "a swap partition" },
	{ K_TASK, "task", "NAME...", KEY_LIST, 1, MANY, -1, check_packages,
		"tasks of tasksel to install" },
	{ K_TIMEZONE, "timezone", "ZONE", 0, 1, 1, -1, check_timezone,
		"the time zone" },
	{ K_USER, "user", "NAME [sudo] [key=KEY] [password=HASH] [shell=PATH]",
		KEY_LIST, 1, 32, -1, check_user, "a person's account" },
};

const struct key *key_find(const char *name)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

const char *key_nearest(const char *name)
{
	const char *best = NULL;
	unsigned distance = ~0U;

	for (size_t i = 0; i < KEY_COUNT; i++) {
		unsigned d = edit_distance(name, keys[i].name);

		if (d < distance) {
			distance = d;
			best = keys[i].name;
		}
	}
	return near_enough(name, distance) ? best : NULL;
}
