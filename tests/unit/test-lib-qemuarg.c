/* QEMU's own option syntax: a name with commas, there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "qemuarg.h"

#include <stdlib.h>

static void there_and_back(void **state)
{
	static const char *const names[] = { "/a", "/a,b", ",", ",,", "/a,,b,", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *shared = qemuarg_shared(names[i], 1024);
		char *private = qemuarg_private(names[i], 1024);
		char *a = qemuarg_memory_file(shared);
		char *b = qemuarg_memory_file(private);

		assert_string_equal(a, names[i]);
		assert_string_equal(b, names[i]);
		free(shared);
		free(private);
		free(a);
		free(b);
	}
	assert_null(qemuarg_memory_file("memory-backend-ram,id=memory"));
	assert_null(qemuarg_memory_file(""));
}

static void written(void **state)
{
	char *arg = qemuarg_private("/a,b", 1024);

	(void)state;
	assert_string_equal(arg, "memory-backend-file,id=memory,share=off,size=1024K,"
				 "readonly=on,rom=off,mem-path=/a,,b");
	free(arg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
