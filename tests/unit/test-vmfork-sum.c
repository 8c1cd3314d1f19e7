// SPDX-License-Identifier: MIT
/* The sum of a file of pages: of what is in it, however it lies on the disk. */
// uses: tools/vmfork/sum.c tools/vmfork/whole.c
// needs: libxxhash
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/vmfork/sum.h"
#include "../../tools/vmfork/whole.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, ALL = 5 << 20 };

/* Pages here and there, one of them the first, one the last, one half zeros. */
static const size_t filled[] = { 0, 1, 7, 255, 256, 700, ALL / PAGE - 1 };
enum { FILLED = sizeof(filled) / sizeof(*filled) };

static unsigned char *content(void)
{
	unsigned char *p = calloc(1, ALL);

	assert_non_null(p);
	for (size_t i = 0; i < FILLED; i++)
		memset(p + filled[i] * PAGE, (int)i + 1, i == 2 ? PAGE / 2 : PAGE);
	return p;
}

static void sum_of(int fd, char sum[SUM_ROOM])
{
	assert_int_equal(sum_file(fd, sum), 0);
	assert_int_equal(strlen(sum), SUM_ROOM - 1);
}

/* All of it written, the first n bytes. */
static int whole(const unsigned char *p, size_t n)
{
	const int fd = memfd_create("whole", 0);

	assert_int_equal(whole_write(fd, p, n), 0);
	return fd;
}

static int sparse(const unsigned char *p, size_t n)
{
	const int fd = memfd_create("sparse", 0);

	assert_int_equal(ftruncate(fd, (off_t)n), 0);
	for (size_t i = 0; i < FILLED; i++) {
		const size_t at = filled[i] * PAGE;

		if (at + PAGE <= n)
			assert_int_equal(pwrite(fd, p + at, PAGE, (off_t)at), PAGE);
	}
	return fd;
}

static void holes_are_zeros(void **state)
{
	static const size_t sizes[] = { 0, PAGE, 1 << 20, (1 << 20) + 1, ALL };
	unsigned char *p = content();
	char a[SUM_ROOM], b[SUM_ROOM], before[SUM_ROOM] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		const size_t n = sizes[i];
		const int one = whole(p, n), other = sparse(p, n);

		if (n == (1 << 20) + 1) /* a page that is cut short */
			assert_int_equal(pwrite(other, p + n - 1, 1, (off_t)n - 1), 1);
		sum_of(one, a);
		sum_of(other, b);
		assert_string_equal(a, b);
		assert_string_not_equal(a, before);
		strcpy(before, a);
		close(one);
		close(other);
	}
	free(p);
}

static void longer_by_a_zero(void **state)
{
	unsigned char *p = content();
	const int fd = whole(p, 3 * PAGE);
	char a[SUM_ROOM], b[SUM_ROOM];

	(void)state;
	sum_of(fd, a);
	assert_int_equal(ftruncate(fd, 3 * PAGE + 1), 0);
	sum_of(fd, b);
	assert_string_not_equal(a, b);
	close(fd);
	free(p);
}

static void other_bytes(void **state)
{
	unsigned char *p = content();
	const int fd = sparse(p, ALL);
	char sum[SUM_ROOM], now[SUM_ROOM];

	(void)state;
	sum_of(fd, sum);
	for (size_t i = 0; i < 64; i++) {
		const off_t at = (off_t)(i * (ALL - 1) / 63);
		const unsigned char other = p[at] ^ 0x10;

		assert_int_equal(pwrite(fd, &other, 1, at), 1);
		sum_of(fd, now);
		assert_string_not_equal(now, sum);
		assert_int_equal(pwrite(fd, &p[at], 1, at), 1);
	}
	sum_of(fd, now);
	assert_string_equal(now, sum);
	free(p);
	close(fd);
}

/* The same page at another place. */
static void moved(void **state)
{
	unsigned char *p = calloc(1, ALL);
	char a[SUM_ROOM], b[SUM_ROOM];
	int fd;

	(void)state;
	memset(p + PAGE, 1, PAGE);
	fd = whole(p, ALL);
	sum_of(fd, a);
	close(fd);
	memset(p + PAGE, 0, PAGE);
	memset(p + 2 * PAGE, 1, PAGE);
	fd = whole(p, ALL);
	sum_of(fd, b);
	assert_string_not_equal(a, b);
	close(fd);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holes_are_zeros),
		cmocka_unit_test(longer_by_a_zero),
		cmocka_unit_test(other_bytes),
		cmocka_unit_test(moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
