// SPDX-License-Identifier: MIT
/* results.h - what was measured, as a table and as JSON. */
#ifndef SYSCOST_RESULTS_H
#define SYSCOST_RESULTS_H

#include "machine.h"
#include "measure.h"

enum { RESULTS_MAX = 32 };

struct result {
	const char *name, *title;
	struct stats s;
};

struct results {
	struct machine machine;
	struct result list[RESULTS_MAX];
	size_t n;
	int cpu;
	const char *program; /* what was executed; NULL for the smallest there is */
};

void results_text(const struct results *r, FILE *f);
void results_json(const struct results *r, FILE *f);

/* Doubts about the numbers themselves, added to the machine's. */
void results_doubt(struct results *r);

#endif
