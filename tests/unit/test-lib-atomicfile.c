// SPDX-License-Identifier: MIT
/* What a rename must not replace: pipes, devices, symbolic links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "atomicfile.h"
#include "cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static char dir[] = "/tmp/seedbed-unit.XXXXXX";

static int enter(void **state)
{
	(void)state;
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	return chdir("/") == 0 ? rmdir(dir) : -1;
}

static void pipe_stays_one(void **state)
{
	_cleanup_close_ int reader = -1;
	struct atomicfile a;
	struct stat st;
	char got[16] = "";

	(void)state;
	assert_int_equal(mkfifo("p", 0600), 0);
	reader = open("p", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader >= 0);
	assert_int_equal(atomic_open(&a, "p"), 0);
	fputs("through", a.f);
	assert_int_equal(atomic_commit(&a), 0);
	assert_int_equal(read(reader, got, sizeof(got) - 1), 7);
	assert_string_equal(got, "through");
	assert_int_equal(lstat("p", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	assert_int_equal(unlink("p"), 0);
}

static void link_stays_one(void **state)
{
	struct atomicfile a;
	struct stat st;

	(void)state;
	assert_int_equal(close(creat("f", 0600)), 0);
	assert_int_equal(symlink("f", "l"), 0);
	assert_int_equal(atomic_open(&a, "l"), 0);
	fputs("whole", a.f);
	assert_int_equal(atomic_commit(&a), 0);
	assert_int_equal(lstat("l", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(lstat("f", &st), 0);
	assert_int_equal(st.st_size, 5);
	assert_int_equal(unlink("l"), 0);
	assert_int_equal(unlink("f"), 0);
}

static void folder_is_refused(void **state)
{
	struct atomicfile a;

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	if (atomic_open(&a, "d") == 0)
		assert_true(atomic_commit(&a) < 0);
	assert_int_equal(rmdir("d"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipe_stays_one),
		cmocka_unit_test(link_stays_one),
		cmocka_unit_test(folder_is_refused),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
