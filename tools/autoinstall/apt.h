// SPDX-License-Identifier: MIT
/* apt.h - where packages come from, in curtin's words. */
#ifndef AUTOINSTALL_APT_H
#define AUTOINSTALL_APT_H

#include "plan.h"
#include "yaml-out.h"

enum { APT_SOURCES = 32 };

/* The recipe's own sources, as their files in sources.list.d will be. */
struct apt {
	const char *source[APT_SOURCES];
	size_t n;
};

/* What is wrong with one is said. */
void apt_make(struct apt *a, struct plan *p);

/* The value of "apt". */
void apt_write(const struct apt *a, const struct plan *p, struct out *o);

#endif
