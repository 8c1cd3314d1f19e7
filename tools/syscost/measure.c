// SPDX-License-Identifier: MIT
#include "measure.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { SAMPLE_NS = 1000000, SAMPLES_MIN = 15 };

int64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

void lap_begin(struct bench *b)
{
	b->started = clock_ns();
}

void lap_end(struct bench *b)
{
	b->spent += clock_ns() - b->started;
}

int pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned)cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) < 0 ? -errno : 0;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of sorted values, between its neighbours where it falls between two. */
static double quantile(const double *v, unsigned n, double q)
{
	double at = q * (n - 1);
	unsigned i = (unsigned)at;

	return i + 1 < n ? v[i] + (at - i) * (v[i + 1] - v[i]) : v[n - 1];
}

void stats_of(struct stats *s, double *v, unsigned n)
{
	qsort(v, n, sizeof(*v), ascending);
	s->samples = n;
	s->min = v[0];
	s->p25 = quantile(v, n, 0.25);
	s->median = quantile(v, n, 0.5);
	s->p75 = quantile(v, n, 0.75);
	s->p95 = quantile(v, n, 0.95);
	s->mean = 0;
	for (unsigned i = 0; i < n; i++)
		s->mean += v[i] / n;
}

double stats_spread(const struct stats *s)
{
	return s->median > 0 ? (s->p75 - s->p25) / s->median : 0;
}

static long involuntary_switches(void)
{
	struct rusage u;

	return getrusage(RUSAGE_SELF, &u) < 0 ? 0 : u.ru_nivcsw;
}

/* Runs n; what one took, in ns, or a negative errno. */
static double sample(const struct kind *k, struct bench *b, uint64_t n)
{
	int r;

	b->spent = 0;
	b->others = 0;
	if ((r = k->run(b, n)) < 0)
		return r;
	return (double)b->spent / (double)(n + b->others);
}

/*
 * The number that takes about a millisecond, so that the clock's own cost and an
 * interrupt weigh little. Finding it is the warm-up as well.
 */
static int find_size(const struct kind *k, struct bench *b, uint64_t *n)
{
	int64_t warm_until = clock_ns() + INT64_C(20) * SAMPLE_NS;

	*n = 1;
	for (;;) {
		double one = sample(k, b, *n);

		if (one < 0)
			return (int)one;
		if (b->spent < SAMPLE_NS && (!k->most || *n < k->most)) {
			*n *= 2;
			if (k->most && *n > k->most)
				*n = k->most;
		} else if (clock_ns() >= warm_until) {
			return 0;
		}
	}
}

static int take_samples(const struct kind *k, struct bench *b, unsigned ms,
	const volatile int *stop, struct stats *s)
{
	static double v[SAMPLES_MAX];
	long switches;
	int64_t until;
	unsigned n = 0;
	int r;

	if ((r = find_size(k, b, &s->per_sample)) < 0)
		return r;
	switches = involuntary_switches();
	until = clock_ns() + (int64_t)ms * 1000000;
	while (n < SAMPLES_MAX && (n < SAMPLES_MIN || clock_ns() < until)) {
		if (*stop)
			return -EINTR;
		if ((v[n] = sample(k, b, s->per_sample)) < 0)
			return (int)v[n];
		n++;
	}
	s->involuntary = involuntary_switches() - switches;
	stats_of(s, v, n);
	return 0;
}

int measure(const struct kind *k, struct bench *b, unsigned ms,
	const volatile int *stop, struct stats *s)
{
	int r;

	b->fd_in = b->fd_out = -1;
	b->child = -1;
	b->memory = NULL;
	if ((r = pin(b->cpu)) < 0)
		return r;
	r = k->begin ? k->begin(b) : 0;
	if (r == 0)
		r = take_samples(k, b, ms, stop, s);
	if (k->end)
		k->end(b);
	return r;
}
