// SPDX-License-Identifier: MIT
/* lvmtidy: the newest stay, in whatever order and however many they come. */
// uses: tools/lvmtidy/groups.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/lvmtidy/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct group *fill(struct groups *g, const char *name, uint32_t n, uint32_t step)
{
	struct group *vg = groups_get(g, name, strlen(name));

	/* step and n have no common divisor: each index once, in a wild order */
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(
			group_add(g, vg, (uint32_t)((uint64_t)i * step % n)), 0);
	return vg;
}

static void newest(void **state)
{
	static const uint32_t steps[] = { 1, 7, 333, 999 };
	static const uint32_t keeps[] = { 1, 2, 3, 10, 999, 1000, 1001 };

	(void)state;
	for (size_t k = 0; k < sizeof(keeps) / sizeof(*keeps); k++)
		for (size_t s = 0; s < sizeof(steps) / sizeof(*steps); s++) {
			struct groups g = { .keep = keeps[k] };
			struct group *vg = fill(&g, "vg", 1000, steps[s]);

			assert_int_equal(group_floor(&g, vg),
				keeps[k] < 1000 ? 1000 - keeps[k] : 0);
			assert_int_equal(vg->lowest, 0);
			assert_int_equal(vg->highest, 999);
			cleanup_groups(&g);
		}
}

static void ties_stay(void **state)
{
	struct groups g = { .keep = 3 };
	struct group *vg = groups_get(&g, "vg", 2);

	(void)state;
	for (int i = 0; i < 10; i++)
		group_add(&g, vg, 7);
	assert_int_equal(group_floor(&g, vg), 7); /* so none is below it */
	cleanup_groups(&g);
}

static void only_counted(void **state)
{
	struct groups g = { 0 };
	struct group *vg = fill(&g, "vg", 1000, 7);

	(void)state;
	assert_int_equal(vg->files, 1000);
	assert_int_equal(vg->highest, 999);
	assert_int_equal(group_floor(&g, vg), 0);
	cleanup_groups(&g);
}

static void young_ones_stop_it(void **state)
{
	struct groups g = { .keep = 10 };
	struct group *vg = fill(&g, "vg", 1000, 7);

	(void)state;
	assert_int_equal(group_limit(&g, vg), 990);
	vg->young = 400;
	assert_int_equal(group_limit(&g, vg), 400);
	vg->young = 995;
	assert_int_equal(group_limit(&g, vg), 990);
	cleanup_groups(&g);
}

static void many_groups(void **state)
{
	struct groups g = { .keep = 1 };

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 5000; i++) {
			char name[16];

			snprintf(name, sizeof(name), "vg%d", i);
			group_add(&g, groups_get(&g, name, strlen(name)), 1);
		}
	assert_int_equal(g.n, 5000);
	/* One name that begins as another does is not the other. */
	assert_int_equal(groups_get(&g, "vg4999x", 6)->files, 2);
	assert_int_equal(groups_get(&g, "vg499999", 7)->files, 0);
	groups_sort(&g);
	assert_string_equal(g.list[0].name, "vg0");
	assert_string_equal(g.list[5000].name, "vg999");
	cleanup_groups(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newest),
		cmocka_unit_test(ties_stay),
		cmocka_unit_test(only_counted),
		cmocka_unit_test(young_ones_stop_it),
		cmocka_unit_test(many_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
