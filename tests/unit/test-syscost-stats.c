// SPDX-License-Identifier: MIT
/* syscost: order statistics, and that a case is repeated as often as it says. */
// uses: tools/syscost/measure.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/syscost/measure.h"

#include <errno.h>
#include <sched.h>

static void quantiles(void **state)
{
	double v[] = { 9, 1, 5, 3, 7 }, one[] = { 4 };
	struct stats s = { 0 };

	(void)state;
	stats_of(&s, v, 5);
	assert_true(s.min == 1 && s.p25 == 3 && s.median == 5 && s.p75 == 7);
	assert_true(s.p95 > 8.5 && s.p95 < 9);
	assert_true(s.mean > 4.999 && s.mean < 5.001);
	assert_true(stats_spread(&s) == 0.8);
	stats_of(&s, one, 1);
	assert_true(s.min == 4 && s.p25 == 4 && s.p95 == 4);
	assert_true(stats_spread(&s) == 0);
}

static uint64_t asked, ends;

/* A pretended cost: ten microseconds for one, twenty outside the lap. */
static int run_pretended(struct bench *b, uint64_t n)
{
	asked += n;
	b->spent += (int64_t)n * 10000;
	return 0;
}

static int run_failing(struct bench *b, uint64_t n)
{
	(void)b;
	return n > 4 ? -EAGAIN : 0;
}

static void count_end(struct bench *b)
{
	(void)b;
	ends++;
}

static int this_cpu(void)
{
	return sched_getcpu();
}

static void repeats(void **state)
{
	const struct kind k = { .name = "k", .run = run_pretended, .end = count_end };
	struct bench b = { .cpu = this_cpu(), .other_cpu = -1 };
	volatile int stop = 0;
	struct stats s = { 0 };

	(void)state;
	asked = ends = 0;
	assert_int_equal(measure(&k, &b, 1, &stop, &s), 0);
	assert_int_equal(s.per_sample, 128); /* the first power of two over 1 ms */
	assert_true(s.min == 10000 && s.p95 == 10000);
	assert_true(s.samples >= 15);
	assert_true(asked >= s.samples * s.per_sample);
	assert_int_equal(ends, 1);
}

static void stops(void **state)
{
	const struct kind good = {
		.name = "k", .run = run_pretended, .end = count_end
	};
	const struct kind bad = { .name = "k", .run = run_failing, .end = count_end };
	struct bench b = { .cpu = this_cpu(), .other_cpu = -1 };
	volatile int stop = 1;
	struct stats s = { 0 };

	(void)state;
	ends = 0;
	assert_int_equal(measure(&good, &b, 1000, &stop, &s), -EINTR);
	assert_int_equal(measure(&bad, &b, 1000, &stop, &s), -EAGAIN);
	assert_int_equal(ends, 2);
	b.cpu = CPU_SETSIZE - 1;
	assert_true(measure(&good, &b, 1, &stop, &s) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles),
		cmocka_unit_test(repeats),
		cmocka_unit_test(stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
