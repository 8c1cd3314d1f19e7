// SPDX-License-Identifier: MIT
/* appliance-outdated: versions in the order of deb-version(7). */
// uses: tools/appliance-outdated/version.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/appliance-outdated/version.h"

#include <stdlib.h>
#include <string.h>

static int sign(int r)
{
	return (r > 0) - (r < 0);
}

/* In copies of just that size: reading beyond is seen by sanitizers. */
static int compare(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b);
	char *ca = malloc(na ? na : 1), *cb = malloc(nb ? nb : 1);
	int r;

	memcpy(ca, a, na);
	memcpy(cb, b, nb);
	r = version_cmp((struct slice){ ca, na }, (struct slice){ cb, nb });
	free(ca);
	free(cb);
	return sign(r);
}

/* Each is later than all above it. */
static void rising(void **state)
{
	static const char *const order[] = { "~~", "~~a", "~", "0~rc1", "0-~1", "0",
		"0-0+b1", "0-1~deb12u1", "0-1", "0-1+b1", "0a", "0+", "0.1",
		"1.0~beta1~svn1245", "1.0~beta1", "1.0", "1.0-1", "1.0-1+deb13u1",
		"1.0-1+deb13u2", "1.0-1+deb13u10", "1.0-1.1", "1.0-2", "1.0+dfsg-1",
		"1.0.1", "1.2", "1.10", "2.10.0~rc2+git1-1", "2.10.0-1", "9", "10",
		"18446744073709551616", "18446744073709551617", "1:0", "1:0.1-1", "2:0",
		"10:0" };
	size_t n = sizeof(order) / sizeof(*order);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			if (compare(order[i], order[j]) != (i > j) - (i < j))
				fail_msg("%s and %s: %d", order[i], order[j],
					compare(order[i], order[j]));
}

static void same(void **state)
{
	(void)state;
	assert_int_equal(compare("1.0", "0:1.0"), 0);
	assert_int_equal(compare("1.0", "1.0-0"), 0);
	assert_int_equal(compare("1.0-", "1.0"), 0);
	assert_int_equal(compare("1.01", "1.1"), 0);
	assert_int_equal(compare("1.0-00", "1.-"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rising),
		cmocka_unit_test(same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
