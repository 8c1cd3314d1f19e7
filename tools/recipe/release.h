// SPDX-License-Identifier: MIT
/* release.h - distributions and their releases: a row each. */
#ifndef RECIPE_RELEASE_H
#define RECIPE_RELEASE_H

#include "platform.h"

#include <stdbool.h>
#include <stddef.h>

struct distribution {
	const char *name;	     /* as people write it */
	const char *tool;	     /* what compiles a recipe for its installer */
	const char *release;	     /* these three unless a recipe says */
	const char *disk;
	const char *packages;	     /* installed always, blanks between */
	const char *kernel, *cloud;  /* packages; NULL: the architecture's */
	const char *kernel_prefix;   /* a kernel's package begins with it */
	const char *mirror;	     /* a URL */
	const char *security;	     /* a host */
	const char *ports;	     /* the same for its lesser architectures; NULL: none */
	const char *ports_security;
};

extern const struct distribution debian, ubuntu;

struct release {
	const char *codename, *number, *alias; /* alias may be NULL */
	const struct distribution *of;
	bool old_zones;	 /* knows the time zones' former names */
	bool first_form; /* its installer has the first form of what was improved later */
};

/* By any of its names, NULL if there is none. */
const struct release *release_find(const char *name);

/* "12 bookworm, 13 trixie": all of a distribution, or of each (NULL). */
void release_names(char *out, size_t size, const struct distribution *of);

/* Where packages come from for that architecture, unless somebody says. */
const char *release_mirror(const struct distribution *d, const struct platform *p);
const char *release_security(const struct distribution *d, const struct platform *p);

#endif
