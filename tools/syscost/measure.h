// SPDX-License-Identifier: MIT
/*
 * measure.h - honest numbers: warm-up, many samples, order statistics.
 */
#ifndef SYSCOST_MEASURE_H
#define SYSCOST_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SAMPLES_MAX = 1000 };

/* What a case is measured with, and what it needs to know. */
struct bench {
	int cpu;	     /* all runs here, alone if need be */
	int other_cpu;	     /* another one, or -1 */
	const char *program; /* to be executed */
	/* The case's own, between its set-up and its end. */
	int fd_in, fd_out;
	pid_t child;
	void *memory;
	uint64_t others;	/* what the other side did meanwhile */
	int64_t started, spent; /* by lap_begin() and lap_end() */
};

struct kind {
	const char *name;
	const char *title;
	int (*begin)(struct bench *b); /* 0 or a negative errno; may be NULL */
	/* Does it n times, the laps around what counts. 0 or a negative errno. */
	int (*run)(struct bench *b, uint64_t n);
	void (*end)(struct bench *b); /* also after a failed begin(); may be NULL */
	uint64_t most;		      /* in one sample; 0: no limit */
	bool needs_other_cpu;
	bool hidden; /* only measured for another's sake */
};

/* Nanoseconds of one. */
struct stats {
	double min, p25, median, p75, p95;
	double mean; /* whatever else the processor did meanwhile is in it */
	unsigned samples;
	uint64_t per_sample;
	long involuntary; /* times that we were thrown off the processor */
};

int64_t clock_ns(void); /* raw: not steered by time synchronisation */
void lap_begin(struct bench *b);
void lap_end(struct bench *b);

int pin(int cpu); /* this process or thread; 0 or a negative errno */

/* Measures for about ms milliseconds. 0, -EINTR, or what the case returned. */
int measure(const struct kind *k, struct bench *b, unsigned ms,
	const volatile int *stop, struct stats *s);

/* Sorts v. */
void stats_of(struct stats *s, double *v, unsigned n);
double stats_spread(const struct stats *s); /* middle half, relative to the median */

#endif
