// SPDX-License-Identifier: MIT
/* manifest.h - "key=value" lines, and the steps among them. */
#ifndef APPLIANCE_REPORT_MANIFEST_H
#define APPLIANCE_REPORT_MANIFEST_H

#include "text.h"

struct entry {
	struct slice key, value;
};

/* What its entries point into belongs to whoever has read it. */
struct manifest {
	struct entry *entries;
	size_t n;
	size_t broken; /* lines that are none */
};

/* 0 or -ENOMEM. */
int manifest_read(struct manifest *m, struct slice text);
void manifest_end(struct manifest *m);

/* The value of the first line with this key; an empty one where there is none. */
struct slice manifest_get(const struct manifest *m, const char *key);
size_t manifest_count(const struct manifest *m, const char *key);

/* The next value of the key from *i on, which moves past it; false at the end. */
bool manifest_next(
	const struct manifest *m, const char *key, size_t *i, struct slice *value);

/* A number that begins the text and what follows it; false where there is none. */
bool number_first(struct slice s, double *number, struct slice *rest);

enum { STEPS_MAX = 1000 };

struct step {
	double at; /* seconds since its guest's start */
	struct slice name;
};

struct steps {
	struct step *list;
	size_t n;
	size_t left_out; /* beyond STEPS_MAX, or no steps at all */
};

/* "SECONDS NAME", the space may be a tab. 0 or -ENOMEM. */
int steps_add(struct steps *s, struct slice line);
void steps_end(struct steps *s);

#endif
