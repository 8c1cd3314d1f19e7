// SPDX-License-Identifier: MIT
/* Whole files: their size, their end, and signals in between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cleanup.h"
#include "slurp.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

static char path[64];

/* A file in memory that has a name, of n bytes. */
static int file_of(size_t n)
{
	int fd = memfd_create("slurp", MFD_CLOEXEC);

	assert_true(fd >= 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(write(fd, &"abcdefg"[i % 7], 1), 1);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fd;
}

static void sizes(void **state)
{
	static const size_t list[] = { 0, 1, 4094, 4095, 4096, 4097, 10000 };

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		_cleanup_close_ int fd = file_of(list[i]);
		_cleanup_free_ char *text = NULL, *none = NULL;
		size_t len = 99;

		assert_int_equal(slurp_file(path, list[i], &text, &len), 0);
		assert_int_equal(len, list[i]);
		assert_int_equal(strlen(text), list[i]);
		if (list[i]) {
			assert_int_equal(text[len - 1], "abcdefg"[(len - 1) % 7]);
			assert_int_equal(
				slurp_file(path, list[i] - 1, &none, &len), -EFBIG);
			assert_null(none);
		}
	}
}

static void refused(void **state)
{
	char *text = NULL;
	size_t len;

	(void)state;
	assert_int_equal(slurp_file("/nowhere", 10, &text, &len), -ENOENT);
	assert_int_equal(slurp_file("/", 10, &text, &len), -EISDIR);
	assert_int_equal(slurp_fd(-1, 10, &text, &len), -EBADF);
	assert_null(text);
}

static void from_there(void **state)
{
	_cleanup_close_ int fd = file_of(14);
	_cleanup_free_ char *text = NULL;
	size_t len;

	(void)state;
	assert_int_equal(lseek(fd, 10, SEEK_SET), 10);
	assert_int_equal(slurp_fd(fd, 100, &text, &len), 0);
	assert_string_equal(text, "defg");
}

static int ends[2];
static pthread_t reader;

static void on_signal(int sig)
{
	(void)sig;
	/* From here on there is something to read, and then the end. */
	if (ends[1] >= 0) {
		(void)!write(ends[1], "late", 4);
		close(ends[1]);
		ends[1] = -1;
	}
}

static void *disturb(void *arg)
{
	(void)arg;
	usleep(50000); /* too early is no harm: the pipe is filled all the same */
	pthread_kill(reader, SIGUSR1);
	return NULL;
}

static void through_signals(void **state)
{
	const struct sigaction sa = { .sa_handler = on_signal };
	_cleanup_free_ char *text = NULL;
	pthread_t other;
	size_t len;

	(void)state;
	sigaction(SIGUSR1, &sa, NULL);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	reader = pthread_self();
	assert_int_equal(pthread_create(&other, NULL, disturb, NULL), 0);
	assert_int_equal(slurp_fd(ends[0], 100, &text, &len), 0);
	pthread_join(other, NULL);
	close(ends[0]);
	assert_string_equal(text, "late");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(refused),
		cmocka_unit_test(from_there),
		cmocka_unit_test(through_signals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
