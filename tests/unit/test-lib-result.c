// SPDX-License-Identifier: MIT
/* Results for programs: the lines, whose they are, what was there before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cleanup.h"
#include "result.h"
#include "slurp.h"

#include <string.h>
#include <sys/stat.h>

static char dir[] = "/tmp/seedbed-result.XXXXXX";

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	unlink("r");
	return chdir("/") == 0 && rmdir(dir) == 0 ? 0 : -1;
}

static void content(const char *want)
{
	_cleanup_free_ char *text = NULL;
	size_t len;

	assert_int_equal(slurp_file("r", 1 << 16, &text, &len), 0);
	assert_string_equal(text, want);
}

static void lines(void **state)
{
	const mode_t mask = umask(0);
	struct result r;
	struct stat st;

	(void)state;
	assert_int_equal(result_begin(&r, "tool", "ended"), 0);
	result_put(&r, "rx", "%d", 7);
	result_put(&r, "missing", "http://a/=b");
	result_put(&r, "missing", "two");
	result_put(&r, "text", "%s", "a\nkey=forged\033[2J \xc3\xa4 \xff");
	result_put(&r, "empty", "%s", "");
	assert_int_equal(result_write(&r, "r"), 0);
	content("tool=tool\noutcome=ended\nrx=7\nmissing=http://a/=b\nmissing=two\n"
		"text=a\\x0akey=forged\\x1b[2J \xc3\xa4 \\xff\nempty=\n");
	assert_int_equal(stat("r", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	umask(mask);
}

static void one_from_before(void **state)
{
	(void)state;
	assert_int_equal(result_prepare("r"), 0);
	assert_int_equal(access("r", F_OK), -1);
	assert_int_equal(result_prepare("r"), 0);
	assert_int_equal(result_prepare("no/r"), -ENOENT);
	assert_int_equal(result_prepare("."), -EISDIR);
	assert_int_equal(result_prepare("/dev/null"), 0);
	assert_int_equal(access("/dev/null", F_OK), 0);
	assert_int_equal(result_prepare(NULL), 0);
}

static void not_wanted(void **state)
{
	struct result r;

	(void)state;
	assert_int_equal(result_begin(&r, "tool", "ended"), 0);
	assert_int_equal(result_write(&r, NULL), 0);
	assert_int_equal(result_begin(&r, "tool", "ended"), 0);
	assert_int_equal(result_write(&r, "/dev/full"), -ENOSPC);
	assert_int_equal(result_begin(&r, "tool", "ended"), 0);
	assert_int_equal(result_write(&r, "no/r"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(one_from_before),
		cmocka_unit_test(not_wanted),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
