// SPDX-License-Identifier: MIT
/* Base64 both ways, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base64.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char *written(const void *data, size_t len)
{
	char *s = NULL;
	size_t n;
	FILE *f = open_memstream(&s, &n);

	base64_write(data, len, f);
	fclose(f);
	return s;
}

static void padded(void **state)
{
	static const char *const want[] = { "", "Zg==", "Zm8=", "Zm9v",
		"Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	unsigned char back[16];

	(void)state;
	for (size_t n = 0; n <= 6; n++) {
		char *s = written("foobar", n);

		assert_string_equal(s, want[n]);
		assert_int_equal(base64_decode(s, strlen(s), back, sizeof(back)), n);
		assert_memory_equal(back, "foobar", n);
		free(s);
	}
}

/* All lengths around a piece's, all bytes. */
static void long_ones(void **state)
{
	unsigned char data[256], back[256];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i * 151 + 7);
	for (size_t n = 0; n <= sizeof(data); n++) {
		char *s = written(data, n);

		assert_int_equal(strlen(s), (n + 2) / 3 * 4);
		assert_int_equal(base64_decode(s, strlen(s), back, n), n);
		assert_memory_equal(back, data, n);
		if (n)
			assert_int_equal(
				base64_decode(s, strlen(s), back, n - 1), -ENOSPC);
		free(s);
	}
}

static void unpadded(void **state)
{
	char text[16];

	(void)state;
	assert_int_equal(base64_encode("foob", 4, text), 6);
	assert_string_equal(text, "Zm9vYg");
	assert_int_equal(base64_encode("", 0, text), 0);
	assert_string_equal(text, "");
}

static void decoded(void **state)
{
	static const struct {
		const char *text;
		long len;
	} cases[] = { { "", 0 }, { "Zg==", 1 }, { "Zg", 1 }, { "Zm8=", 2 },
		{ "Zm9v", 3 }, { "Zm9vYg", 4 }, { "Z", -EINVAL }, { "Zh==", -EINVAL },
		{ "Zm9v=", -EINVAL }, { "Zg=", -EINVAL }, { "=", -EINVAL },
		{ "====", -EINVAL }, { "Zm-v", -EINVAL }, { "Z===", -EINVAL },
		{ "Zm9*", -EINVAL }, { "Zm\n9", -EINVAL } };
	uint8_t out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (base64_decode(cases[i].text, strlen(cases[i].text), out,
			    sizeof(out)) != cases[i].len)
			fail_msg("%s", cases[i].text);
	assert_int_equal(base64_decode("Zm\0v", 4, out, sizeof(out)), -EINVAL);
	assert_int_equal(base64_decode("Zm9v", 4, out, 2), -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(padded),
		cmocka_unit_test(long_ones),
		cmocka_unit_test(unpadded),
		cmocka_unit_test(decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
