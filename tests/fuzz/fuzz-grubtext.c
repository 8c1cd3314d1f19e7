// SPDX-License-Identifier: MIT
/*
 * Any text as a folder's names, a grub.cfg, /etc/default/grub, debconf's
 * config.dat and an fstab: what is made of it is whole lines and terminated.
 */
// uses: tools/grubify/kernels.c tools/grubify/shellvars.c tools/grubify/shellvalue.c tools/grubify/bootcfg.c
// needs: blkid ext2fs

#include "../../tools/grubify/bootcfg.h"
#include "../../tools/grubify/kernels.h"
#include "../../tools/grubify/shellvars.h"
#include "roles.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void menu(char *text)
{
	struct menu m = { .folder = "/boot",
		.root = "UUID=1",
		.root_plain = "PARTUUID=1",
		.args = text };
	char *names[65], *demoted = NULL, *save = NULL, *copy = strdup(text);
	int n = 0;

	for (char *s = copy ? strtok_r(copy, "\n", &save) : NULL; s && n < 64;
		s = strtok_r(NULL, "\n", &save))
		names[n++] = s;
	names[n] = NULL;
	free(menu_make(&m, names, &n, &demoted));
	free(demoted);
	free(copy);
}

static void defaults(const char *text)
{
	struct shellvars sv = { 0 };

	shellvars_read(&sv, "f", text);
	shellvars_read(&sv, "f", text);
	shellvars_free(&sv);
}

static void boot(const char *text)
{
	struct bootcfg cfg;

	if (bootcfg_parse(&cfg, text) == 0)
		bootcfg_free(&cfg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *device = NULL, *again = NULL;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	menu(text);
	defaults(text);
	boot(text);
	kernel_fault(data, size, size);
	free(fstab_device(text, "/boot"));
	again = debconf_forget(text, &device);
	free(device);
	free(text);
	/* forgotten is forgotten */
	if (again && debconf_forget(again, &device))
		abort();
	free(again);
	return 0;
}
