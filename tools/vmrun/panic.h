// SPDX-License-Identifier: MIT
/* panic.h - the line by which a Linux kernel says on its console that it has ended. */
#ifndef VMRUN_PANIC_H
#define VMRUN_PANIC_H

#include <stddef.h>

struct panic {
	char line[256]; /* the beginning of the unfinished one */
	size_t len;
	char *why; /* in the kernel's words; NULL: it has not panicked */
};

/* Takes n bytes as they came; the first such line counts. */
void panic_feed(struct panic *p, const char *data, size_t n);
void panic_free(struct panic *p);

#endif
