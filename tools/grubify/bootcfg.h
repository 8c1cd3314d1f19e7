// SPDX-License-Identifier: MIT
/*
 * bootcfg.h - a grub.cfg, as far as it says what boots when nobody touches a key: the
 * commands of the default entry. Text only; nothing of it is run.
 */
#ifndef GRUBIFY_BOOTCFG_H
#define GRUBIFY_BOOTCFG_H

#include <stdbool.h>
#include <stddef.h>

struct bootline {
	int line;    /* from 1 */
	bool initrd; /* an initrd's, else a kernel's */
	char *file;  /* NULL: a matter of variables */
	char *root;  /* the value of a kernel's root=, or NULL, likewise */
	bool any;    /* a loader with its own kinds of kernels: linux16 */
};

struct bootcfg {
	struct bootline *list; /* of the default entry */
	size_t n;
	bool empty;  /* no entry, nothing loaded: GRUB would show its prompt */
	bool blscfg; /* the entries are in files of their own, which blscfg reads */
	bool other;  /* it goes on elsewhere, or boots something else */
};

/* Any text. 0 or a negative errno. */
int bootcfg_parse(struct bootcfg *cfg, const char *text);
void bootcfg_free(struct bootcfg *cfg);

#endif
