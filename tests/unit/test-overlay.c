// SPDX-License-Identifier: MIT
/* Changes in memory: read back, told from what is the same, within bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bytes.h"
#include "cleanup.h"
#include "overlay.h"

#include <string.h>
#include <sys/mman.h>

enum { SIZE = 3 * OVERLAY_PAGE + 700 };

static int file(struct overlay *ov)
{
	char data[SIZE];
	int fd = memfd_create("image", MFD_CLOEXEC);

	assert_true(fd >= 0);
	memset(data, 'o', sizeof(data));
	assert_int_equal(write_at(fd, 0, data, sizeof(data)), 0);
	overlay_init(ov, fd, SIZE);
	return fd;
}

static void reads_what_was_written(void **state)
{
	char buf[SIZE];
	struct overlay ov;
	int fd = file(&ov);

	(void)state;
	/* over a page's end, and the file is as it was */
	assert_int_equal(overlay_write(&ov, OVERLAY_PAGE - 2, "abcd", 4), 0);
	assert_int_equal(overlay_read(&ov, OVERLAY_PAGE - 3, buf, 6), 0);
	assert_memory_equal(buf, "oabcdo", 6);
	assert_int_equal(read_at(fd, OVERLAY_PAGE - 3, buf, 6), 0);
	assert_memory_equal(buf, "oooooo", 6);
	assert_int_equal(overlay_write(&ov, SIZE - 1, "z", 1), 0);
	assert_int_equal(overlay_read(&ov, 0, buf, SIZE), 0);
	assert_int_equal(buf[SIZE - 1], 'z');
	overlay_free(&ov);
	close(fd);
}

static void bounds(void **state)
{
	struct overlay ov;
	char buf[2];
	int fd = file(&ov);

	(void)state;
	assert_int_equal(overlay_read(&ov, SIZE, buf, 0), 0);
	assert_int_equal(overlay_read(&ov, SIZE - 1, buf, 2), -ENXIO);
	assert_int_equal(overlay_write(&ov, SIZE, "x", 1), -ENXIO);
	assert_int_equal(overlay_read(&ov, UINT64_MAX, buf, 2), -ENXIO);
	overlay_free(&ov);
	close(fd);
}

static void changes_are_in_order_and_real(void **state)
{
	_cleanup_free_ struct overlay_page **list = NULL;
	struct overlay ov;
	size_t n;
	int fd = file(&ov);

	(void)state;
	assert_int_equal(overlay_write(&ov, SIZE - 1, "z", 1), 0);
	assert_int_equal(overlay_write(&ov, OVERLAY_PAGE, "o", 1), 0); /* the same */
	assert_int_equal(overlay_write(&ov, 5, "x", 1), 0);
	assert_int_equal(overlay_changes(&ov, &list, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(list[0]->at, 0);
	assert_int_equal(list[1]->at, 3 * OVERLAY_PAGE);
	overlay_free(&ov);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_was_written),
		cmocka_unit_test(bounds),
		cmocka_unit_test(changes_are_in_order_and_real),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
