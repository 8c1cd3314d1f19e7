// SPDX-License-Identifier: MIT
/* Files of a folder, and of no other, with the kernel's help and without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The source itself: what it does without openat2 has no name outside. */
#include "../../tools/recipe/beneath.c"

static void touch(int dir, const char *path)
{
	int fd = openat(dir, path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0 && write(fd, "x", 1) == 1);
	close(fd);
}

struct
try {
	const char *path;
	int kernel, walk; /* what openat2 says, and what we say without it */
};

static void tried(const struct try *t, int fd, int want)
{
	if ((fd < 0 ? fd : 0) != want)
		fail_msg("%s: %d", t->path, fd);
	if (fd >= 0)
		close(fd);
}

static void only_beneath(void **state)
{
	char tmp[] = "/tmp/seedbed-unit.XXXXXX";
	static const struct try tries[] = { { "in/f", 0, 0 }, { "in/./f", 0, 0 },
		{ "in/d/../f", 0, -EXDEV }, { "in/near", 0, -EXDEV },
		{ "../out", -EXDEV, -EXDEV }, { "in/../../out", -EXDEV, -EXDEV },
		{ "/etc/passwd", -EXDEV, -EXDEV }, { "in/far", -EXDEV, -EXDEV },
		{ "in/up", -EXDEV, -EXDEV }, { "in/dir/passwd", -EXDEV, -EXDEV },
		{ "absent", -ENOENT, -ENOENT } };
	_cleanup_close_ int top = -1, dir = -1;

	(void)state;
	assert_non_null(mkdtemp(tmp));
	top = open(tmp, O_PATH | O_CLOEXEC);
	assert_int_equal(mkdirat(top, "home", 0700), 0);
	dir = openat(top, "home", O_PATH | O_CLOEXEC);
	assert_int_equal(mkdirat(dir, "in", 0700), 0);
	assert_int_equal(mkdirat(dir, "in/d", 0700), 0);
	assert_int_equal(symlinkat("f", dir, "in/near"), 0);
	assert_int_equal(symlinkat("/etc/passwd", dir, "in/far"), 0);
	assert_int_equal(symlinkat("../../out", dir, "in/up"), 0);
	assert_int_equal(symlinkat("/etc", dir, "in/dir"), 0);
	assert_int_equal(mkfifoat(dir, "in/pipe", 0600), 0);
	touch(top, "out");
	touch(dir, "in/f");
	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		tried(&tries[i], beneath_open(dir, tries[i].path), tries[i].kernel);
		tried(&tries[i], walk(dir, tries[i].path), tries[i].walk);
	}
	assert_int_equal(beneath_open(dir, "in"), -EINVAL);
	assert_int_equal(beneath_open(dir, "in/pipe"), -EINVAL);
	for (const char *const *p = (const char *const[]){ "in/f", "in/near", "in/far",
		     "in/up", "in/dir", "in/pipe", NULL };
		*p; p++)
		assert_int_equal(unlinkat(dir, *p, 0), 0);
	assert_int_equal(unlinkat(dir, "in/d", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(dir, "in", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(top, "home", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(top, "out", 0), 0);
	assert_int_equal(rmdir(tmp), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_beneath),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
