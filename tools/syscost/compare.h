// SPDX-License-Identifier: MIT
/* compare.h - results that were written earlier, side by side. */
#ifndef SYSCOST_COMPARE_H
#define SYSCOST_COMPARE_H

#include <stddef.h>
#include <stdio.h>

enum { ENTRIES_MAX = 64, MITIGATIONS_MAX = 48 };

struct entry {
	char name[32];
	double min, median, p25, p75; /* ns; negative where not given */
};

struct mitigation {
	char name[40], state[128];
};

struct saved {
	char host[80], kernel[80], cpu[128], hypervisor[32];
	char warning[128]; /* the first */
	unsigned warnings;
	struct mitigation mitigations[MITIGATIONS_MAX];
	size_t n_mitigations;
	double tsc_hz;
	struct entry list[ENTRIES_MAX];
	size_t n;
};

/*
 * Takes in what --json wrote. 0, or -EBADMSG and the number of the line where
 * it is wrong; -ENODATA for JSON that is none of ours.
 */
int saved_parse(struct saved *s, const char *text, size_t len, unsigned *line);

void compare_text(const struct saved *a, const struct saved *b, FILE *f);
void compare_json(const struct saved *a, const struct saved *b, FILE *f);

#endif
