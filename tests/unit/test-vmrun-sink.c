// SPDX-License-Identifier: MIT
/* What a guest writes, to files and to readers who take their time. */
// uses: tools/vmrun/sink.c
// uses: tools/vmrun/pump.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/vmrun/sink.h"
#include "cleanup.h"
#include "slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sched.h>

enum { MUCH = 3000000 };

static char dir[] = "/tmp/seedbed-sink.XXXXXX";

static int set_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	unlink("f");
	return chdir("/") == 0 && rmdir(dir) == 0 ? 0 : -1;
}

static void a_file(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct sink s;
	size_t len;

	(void)state;
	assert_int_equal(sink_open(&s, "f", 10), 0);
	assert_int_equal(sink_put(&s, "12345678", 8), 0);
	assert_int_equal(sink_put(&s, "90abc", 5), -EFBIG);
	assert_int_equal(sink_put(&s, "", 0), 0);
	assert_null(s.pump);
	assert_int_equal(sink_close(&s), 0);
	assert_int_equal(slurp_file("f", 100, &text, &len), 0);
	assert_string_equal(text, "1234567890");
}

static void only_counted(void **state)
{
	struct sink s = { .fd = -1, .max = 10 };

	(void)state;
	assert_int_equal(sink_put(&s, "1234567890", 10), 0);
	assert_int_equal(sink_put(&s, "1", 1), -EFBIG);
	assert_int_equal(s.bytes, 10);
	assert_int_equal(sink_close(&s), 0);
}

static void full_disk(void **state)
{
	struct sink s;
	int r = 0;

	(void)state;
	assert_int_equal(sink_open(&s, "/dev/full", 1 << 20), 0);
	/* its thread finds out; who puts hears of it the next time */
	while ((r = sink_put(&s, "x", 1)) == 0)
		sched_yield();
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(sink_waits(&s), 0);
	assert_int_equal(sink_close(&s), -ENOSPC);
}

static unsigned char byte(size_t i)
{
	return (unsigned char)(i * 31 + i / 257);
}

static void fill(char *data, size_t n, size_t from)
{
	for (size_t i = 0; i < n; i++)
		data[i] = (char)byte(from + i);
}

/* Takes all there is, and checks that it is just that. */
static void *read_all(void *opaque)
{
	const int fd = *(int *)opaque;
	unsigned char buf[1000];
	size_t at = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n; i++)
			if (buf[i] != byte(at++))
				return NULL;
	return (void *)(uintptr_t)at;
}

/* More than a pipe holds is put before anybody reads. */
static void a_slow_reader(void **state)
{
	char data[5000];
	pthread_t reader;
	struct sink s;
	void *got;
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(sink_to(&s, ends[1], "pipe", MUCH), 0);
	close(ends[1]);
	for (size_t i = 0; i < MUCH; i += sizeof(data)) {
		fill(data, sizeof(data), i);
		assert_int_equal(sink_put(&s, data, sizeof(data)), 0);
	}
	assert_true(sink_waits(&s) > MUCH / 2);
	assert_int_equal(pthread_create(&reader, NULL, read_all, &ends[0]), 0);
	while (sink_waits(&s))
		sched_yield();
	assert_int_equal(sink_close(&s), 0);
	pthread_join(reader, &got);
	assert_int_equal((uintptr_t)got, MUCH);
	close(ends[0]);
}

/* Who reads and who puts at once: what waits wanders through its room. */
static void side_by_side(void **state)
{
	char data[700];
	pthread_t reader;
	struct sink s;
	void *got;
	int ends[2], r;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(sink_to(&s, ends[1], "pipe", MUCH), 0);
	close(ends[1]);
	s.waiting = 100000;
	assert_int_equal(pthread_create(&reader, NULL, read_all, &ends[0]), 0);
	for (size_t i = 0; i + sizeof(data) <= MUCH; i += sizeof(data)) {
		fill(data, sizeof(data), i);
		while ((r = sink_put(&s, data, sizeof(data))) == -ENOBUFS)
			sched_yield();
		assert_int_equal(r, 0);
	}
	while (sink_waits(&s))
		sched_yield();
	assert_int_equal(sink_close(&s), 0);
	pthread_join(reader, &got);
	assert_int_equal((uintptr_t)got, MUCH / sizeof(data) * sizeof(data));
	close(ends[0]);
}

static void nobody_reads(void **state)
{
	char data[5000] = "";
	struct sink s;
	int ends[2], r;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(sink_to(&s, ends[1], "pipe", MUCH), 0);
	close(ends[1]);
	s.waiting = 200000;
	while ((r = sink_put(&s, data, sizeof(data))) == 0)
		assert_true(sink_waits(&s) <= 200000);
	assert_int_equal(r, -ENOBUFS);
	assert_int_equal(sink_close(&s), -ETIMEDOUT);
	close(ends[0]); /* and its thread ends */
}

static void the_reader_goes(void **state)
{
	struct sink s;
	int ends[2], r;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(sink_to(&s, ends[1], "pipe", MUCH), 0);
	close(ends[1]);
	close(ends[0]);
	while ((r = sink_put(&s, "x", 1)) == 0)
		sched_yield();
	assert_int_equal(r, -EPIPE);
	assert_int_equal(sink_close(&s), -EPIPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file),
		cmocka_unit_test(only_counted),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(a_slow_reader),
		cmocka_unit_test(side_by_side),
		cmocka_unit_test(nobody_reads),
		cmocka_unit_test(the_reader_goes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
