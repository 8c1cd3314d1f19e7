// SPDX-License-Identifier: MIT
/* What every tool stands on: messages, JSON strings, files, programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "atomicfile.h"
#include "cleanup.h"
#include "diag.h"
#include "json.h"
#include "run.h"

#include <string.h>
#include <sys/stat.h>

static char *written_by(void (*put)(const char *, FILE *), const char *s)
{
	char *buf = NULL;
	size_t len;
	FILE *f = open_memstream(&buf, &len);

	put(s, f);
	fclose(f);
	return buf;
}

static void check(void (*put)(const char *, FILE *), const char *in, const char *out)
{
	_cleanup_free_ char *got = written_by(put, in);

	assert_string_equal(got, out);
}

static void visible(void **state)
{
	(void)state;
	check(fput_visible, "plain \xc3\xa4 \xe2\x82\xac",
		"plain \xc3\xa4 \xe2\x82\xac");
	check(fput_visible, "\033[2J\r\n\t", "\\x1b[2J\\x0d\\x0a\\x09");
	check(fput_visible,
		"\xc2\x9b"
		"2J",
		"\\xc2\\x9b2J"); /* CSI in C1 */
	check(fput_visible, "\xff\xc0\xaf", "\\xff\\xc0\\xaf");
	check(fput_visible, "\xe2\x80\xae",
		"\\xe2\\x80\\xae"); /* right-to-left override */
	check(fput_visible, "\xed\xa0\x80", "\\xed\\xa0\\x80"); /* surrogate */
	check(fput_visible, "cut \xe2\x82", "cut \\xe2\\x82");
}

static void json(void **state)
{
	(void)state;
	check(json_string, NULL, "null");
	check(json_string, "a\"b\\c\n\x7f", "\"a\\\"b\\\\c\\u000a\\u007f\"");
	check(json_string, "\xc3\xa4\xf0\x9f\x8c\xb1", "\"\xc3\xa4\xf0\x9f\x8c\xb1\"");
	check(json_string, "\xff\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

static void file_is_whole_or_absent(void **state)
{
	struct atomicfile a;
	struct stat st;
	char dir[] = "/tmp/seedbed-unit.XXXXXX";
	char path[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/f", dir);

	assert_int_equal(atomic_open(&a, path), 0);
	fputs("half", a.f);
	assert_int_equal(stat(path, &st), -1);
	atomic_drop(&a);
	assert_int_equal(stat(path, &st), -1);

	assert_int_equal(atomic_open(&a, path), 0);
	fputs("whole", a.f);
	assert_int_equal(atomic_commit(&a), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 5);
	atomic_drop(&a);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0); /* so nothing else lies in it */

	assert_int_equal(atomic_open(&a, path), -ENOENT);
}

static void full_disk_is_noticed(void **state)
{
	struct atomicfile a = { .f = fopen("/dev/full", "w"),
		.path = strdup("/nowhere") };

	(void)state;
	a.tmp = strdup("/nowhere.tmp");
	fputs("lost", a.f);
	assert_int_equal(atomic_commit(&a), -ENOSPC);
}

static void programs(void **state)
{
	const char *const echo[] = { "echo", "$(id) `id`", NULL };
	const char *const absent[] = { "no-such-program", NULL };
	const char *const killed[] = { "sh", "-c", "kill -9 $$", NULL };
	const char *const yes[] = { "yes", NULL };
	_cleanup_free_ char *out = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(run_capture(echo, 100, &out, &len), 0);
	assert_string_equal(out, "$(id) `id`\n");
	assert_int_equal(len, 11);
	assert_int_equal(run(absent), -ENOENT);
	assert_int_equal(run(killed), 128 + 9);
	free(steal_ptr(&out));
	assert_int_equal(run_capture(yes, 1000, &out, &len), -EFBIG);
	assert_null(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(visible),
		cmocka_unit_test(json),
		cmocka_unit_test(file_is_whole_or_absent),
		cmocka_unit_test(full_disk_is_noticed),
		cmocka_unit_test(programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
