// SPDX-License-Identifier: MIT
/* machine.h - where it was measured, and what may have disturbed it. */
#ifndef SYSCOST_MACHINE_H
#define SYSCOST_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/utsname.h>

enum { WARNINGS_MAX = 64 };

struct machine {
	struct utsname uts;
	char cpu[128];
	char hypervisor[16]; /* what CPUID calls it; "" for none */
	char clocksource[64];
	char governor[64];
	int cpus;
	bool tsc, tsc_invariant;
	double tsc_hz; /* counted against the clock while measuring; 0: no TSC */
	/* at the start, for the differences */
	uint64_t tsc_start;
	int64_t clock_start;
	long steal_start;
	char *warnings[WARNINGS_MAX];
	int n_warnings;
};

void machine_begin(struct machine *m);
void machine_end(struct machine *m); /* counts the TSC, looks for disturbances */
void machine_warn(struct machine *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void machine_text(const struct machine *m, FILE *f);
void machine_json(const struct machine *m, FILE *f); /* members, without braces */
void cleanup_machine(struct machine *m);

#endif
