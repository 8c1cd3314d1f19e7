// SPDX-License-Identifier: MIT
/* Commit and undo: all of it, or none, and never to another's image. */
// uses: tools/grubify/undo.c
// needs: ext2fs

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/grubify/undo.h"
#include "bytes.h"
#include "cleanup.h"

#include <fcntl.h>
#include <string.h>

enum { SIZE = 5 * OVERLAY_PAGE + 1000 };

static char dir[64], path[80], record[96];

static int set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/seedbed-unit.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/disk.img", dir);
	snprintf(record, sizeof(record), "%s.grubify-undo", path);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(record);
	unlink(path);
	return rmdir(dir); /* so nothing else lies in it */
}

/* An image of 'o' with a hole of two pages, and changes to most of it. */
static int image(struct overlay *ov, char before[SIZE])
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	memset(before, 'o', SIZE);
	memset(before + OVERLAY_PAGE, 0, (size_t)2 * OVERLAY_PAGE);
	assert_int_equal(write_at(fd, 0, before, SIZE), 0);
	overlay_init(ov, fd, SIZE);
	assert_int_equal(overlay_write(ov, 3, "boot", 4), 0);
	assert_int_equal(overlay_write(ov, 600, "core", 4), 0);
	assert_int_equal(overlay_write(ov, OVERLAY_PAGE + 5, "hole", 4), 0);
	assert_int_equal(overlay_write(ov, SIZE - 4, "tail", 4), 0);
	return fd;
}

static void committed_and_put_back(void **state)
{
	char before[SIZE], now[SIZE];
	struct overlay ov;
	uint64_t written;
	enum undo_stage stage;
	int fd = image(&ov, before);

	(void)state;
	assert_int_equal(undo_commit(&ov, path, &written, &stage), 0);
	assert_int_equal(written, 2 * OVERLAY_PAGE + 1000);
	assert_int_equal(read_at(fd, 0, now, SIZE), 0);
	assert_memory_equal(now + 3, "boot", 4);
	assert_memory_equal(now + 600, "core", 4);
	assert_memory_equal(now + SIZE - 4, "tail", 4);
	assert_int_equal(access(record, F_OK), 0);
	assert_int_equal(undo_restore(fd, SIZE, path), 1);
	assert_int_equal(read_at(fd, 0, now, SIZE), 0);
	assert_memory_equal(now, before, SIZE);
	assert_int_equal(undo_restore(fd, SIZE, path), 0); /* there is none now */
	overlay_free(&ov);
	close(fd);
}

static void half_written_is_put_back(void **state)
{
	char before[SIZE], now[SIZE];
	struct overlay ov;
	uint64_t written;
	enum undo_stage stage;
	int fd = image(&ov, before);

	(void)state;
	assert_int_equal(undo_commit(&ov, path, &written, &stage), 0);
	/* as if the boot sector and the tail had not come to be written */
	assert_int_equal(write_at(fd, 0, before, 512), 0);
	assert_int_equal(write_at(fd, SIZE - 512, before + SIZE - 512, 512), 0);
	assert_int_equal(undo_restore(fd, SIZE, path), 1);
	assert_int_equal(read_at(fd, 0, now, SIZE), 0);
	assert_memory_equal(now, before, SIZE);
	overlay_free(&ov);
	close(fd);
}

static void another_image_is_left_alone(void **state)
{
	char before[SIZE], now[SIZE];
	struct overlay ov;
	uint64_t written;
	enum undo_stage stage;
	int fd = image(&ov, before);

	(void)state;
	assert_int_equal(undo_commit(&ov, path, &written, &stage), 0);
	assert_int_equal(undo_restore(fd, SIZE - 1, path), -ESTALE);
	assert_int_equal(write_at(fd, 700, "someone else's", 14), 0);
	assert_int_equal(read_at(fd, 0, before, SIZE), 0);
	assert_int_equal(undo_restore(fd, SIZE, path), -ESTALE);
	assert_int_equal(read_at(fd, 0, now, SIZE), 0);
	assert_memory_equal(now, before, SIZE);
	overlay_free(&ov);
	close(fd);
}

static void damaged_records(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct undo_record rec;
	char before[SIZE];
	struct overlay ov;
	uint64_t written;
	enum undo_stage stage;
	off_t len;
	int fd = image(&ov, before), rfd;

	(void)state;
	assert_int_equal(undo_commit(&ov, path, &written, &stage), 0);
	rfd = open(record, O_RDONLY | O_CLOEXEC);
	len = lseek(rfd, 0, SEEK_END);
	text = malloc((size_t)len);
	assert_int_equal(read_at(rfd, 0, text, (size_t)len), 0);
	close(rfd);
	assert_int_equal(undo_parse(&rec, text, (size_t)len), 0);
	assert_int_equal(rec.n, 3);
	assert_null(rec.pages[1].old); /* the hole is not stored */
	undo_free(&rec);
	for (size_t cut = 0; cut < (size_t)len; cut += 97)
		assert_int_equal(undo_parse(&rec, text, cut), -EBADMSG);
	for (size_t i = 0; i < (size_t)len; i += 131) {
		text[i] ^= 0x10;
		/* the image's size is compared with the image's, not summed */
		if (i < 8 || i >= 16)
			assert_int_equal(undo_parse(&rec, text, (size_t)len), -EBADMSG);
		text[i] ^= 0x10;
	}
	overlay_free(&ov);
	close(fd);
}

static void nothing_to_do(void **state)
{
	char before[SIZE];
	struct overlay ov, same;
	uint64_t written;
	enum undo_stage stage;
	int fd = image(&ov, before);

	(void)state;
	overlay_init(&same, fd, SIZE);
	assert_int_equal(overlay_write(&same, 9, "ooo", 3), 0);
	assert_int_equal(undo_commit(&same, path, &written, &stage), 0);
	assert_int_equal(written, 0);
	assert_int_equal(access(record, F_OK), -1);
	overlay_free(&same);
	overlay_free(&ov);
	close(fd);
}

#define in_folder(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_folder(committed_and_put_back),
		in_folder(half_written_is_put_back),
		in_folder(another_image_is_left_alone),
		in_folder(damaged_records),
		in_folder(nothing_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
