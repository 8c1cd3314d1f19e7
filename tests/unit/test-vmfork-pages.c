/* Files of pages: copied without zeros; the sum is of what is in them, however it lies. */
// uses: tools/vmfork/pages.c tools/vmfork/whole.c
// needs: libxxhash
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/vmfork/pages.h"
#include "../../tools/vmfork/whole.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096, ALL = 5 << 20 };

/* Pages here and there, one of them the first, one the last, one half zeros. */
static unsigned char *content(void)
{
	static const size_t at[] = { 0, 1, 7, 255, 256, 700, ALL / PAGE - 1 };
	unsigned char *p = calloc(1, ALL);

	assert_non_null(p);
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++)
		memset(p + at[i] * PAGE, (int)i + 1, i == 2 ? PAGE / 2 : PAGE);
	return p;
}

static int file(const unsigned char *p, size_t n)
{
	const int fd = memfd_create("pages", 0);

	assert_int_equal(whole_write(fd, p, n), 0);
	return fd;
}

static int holds(int fd, const unsigned char *p, size_t n)
{
	unsigned char *got = malloc(n + 1);
	int same;

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	same = whole_read(fd, got, n + 1) == (ssize_t)n && memcmp(got, p, n) == 0;
	free(got);
	return same;
}

static void copied(void **state)
{
	unsigned char *p = content();
	const int from = file(p, ALL), to = memfd_create("copy", 0);
	char sum[PAGES_SUM], of_from[PAGES_SUM], of_to[PAGES_SUM];
	struct stat a, b;

	(void)state;
	assert_int_equal(pages_copy(from, to, sum), 0);
	assert_true(holds(to, p, ALL));
	assert_int_equal(fstat(from, &a) | fstat(to, &b), 0);
	assert_true(b.st_blocks < a.st_blocks);
	assert_int_equal(b.st_blocks, 7 * PAGE / 512);
	assert_int_equal(pages_sum(from, of_from) | pages_sum(to, of_to), 0);
	assert_string_equal(of_from, sum);
	assert_string_equal(of_to, sum);
	close(from);
	close(to);
	free(p);
}

/* What ends in the middle of a page, what is one hole, what is empty. */
static void of_any_size(void **state)
{
	static const size_t sizes[] = { 0, 1, PAGE - 1, PAGE, PAGE + 1, 1 << 20,
		(1 << 20) + 1, ALL - 1 };
	unsigned char *p = content(), *zeros = calloc(1, ALL);
	char sum[PAGES_SUM], before[PAGES_SUM] = "", hole[PAGES_SUM];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		const int from = file(p, sizes[i]), to = memfd_create("copy", 0);
		const int none = file(zeros, sizes[i]), empty = memfd_create("hole", 0);

		assert_int_equal(pages_copy(from, to, sum), 0);
		assert_true(holds(to, p, sizes[i]));
		assert_string_not_equal(sum, before);
		strcpy(before, sum);
		assert_int_equal(ftruncate(empty, (off_t)sizes[i]), 0);
		assert_int_equal(pages_sum(none, sum) | pages_sum(empty, hole), 0);
		assert_string_equal(sum, hole);
		close(from);
		close(to);
		close(none);
		close(empty);
	}
	free(p);
	free(zeros);
}

static void other_bytes(void **state)
{
	unsigned char *p = content();
	const int fd = file(p, ALL);
	char sum[PAGES_SUM], now[PAGES_SUM];

	(void)state;
	assert_int_equal(pages_sum(fd, sum), 0);
	for (size_t i = 0; i < 64; i++) {
		const off_t at = (off_t)(i * (ALL - 1) / 63);
		const unsigned char other = p[at] ^ 0x10;

		assert_int_equal(pwrite(fd, &other, 1, at), 1);
		assert_int_equal(pages_sum(fd, now), 0);
		assert_string_not_equal(now, sum);
		assert_int_equal(pwrite(fd, &p[at], 1, at), 1);
	}
	assert_int_equal(pages_sum(fd, now), 0);
	assert_string_equal(now, sum);
	free(p);
	close(fd);
}

/* A page that has changed its place. */
static void moved(void **state)
{
	unsigned char *p = calloc(1, ALL);
	char sum[PAGES_SUM], now[PAGES_SUM];
	int fd;

	(void)state;
	memset(p + PAGE, 1, PAGE);
	fd = file(p, ALL);
	assert_int_equal(pages_sum(fd, sum), 0);
	close(fd);
	memset(p + PAGE, 0, PAGE);
	memset(p + 2 * PAGE, 1, PAGE);
	fd = file(p, ALL);
	assert_int_equal(pages_sum(fd, now), 0);
	assert_string_not_equal(now, sum);
	close(fd);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copied),
		cmocka_unit_test(of_any_size),
		cmocka_unit_test(other_bytes),
		cmocka_unit_test(moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
