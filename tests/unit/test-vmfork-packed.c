/* The memory, packed: comes out as it went in, or not at all. */
// uses: tools/vmfork/packed.c tools/vmfork/whole.c
// needs: libzstd
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/vmfork/packed.h"
#include "../../tools/vmfork/whole.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HEAD = 1000, ALL = 2 * PACKED_PIECE + 12345 };

static char file[64];

static unsigned char *content(void)
{
	unsigned char *p = malloc(ALL);

	assert_non_null(p);
	for (size_t i = 0; i < ALL; i++)
		p[i] = (unsigned char)(i * i >> 7);
	return p;
}

static size_t pack(const unsigned char *p)
{
	const int from = memfd_create("from", 0),
		  to = mkstemp(strcpy(file, "/tmp/packed.XXXXXX"));
	uint64_t bytes = 0;
	off_t size;

	assert_int_equal(whole_write(from, p, ALL), 0);
	assert_int_equal(lseek(from, 0, SEEK_SET), 0);
	assert_int_equal(packed_write(from, HEAD, to, &bytes), 0);
	assert_int_equal(bytes, ALL);
	size = lseek(to, 0, SEEK_END);
	close(from);
	close(to);
	return (size_t)size;
}

static void comes_out(void **state)
{
	unsigned char *p = content(), *out = malloc(ALL);
	const int fd = memfd_create("out", 0);
	struct packed k;

	(void)state;
	pack(p);
	assert_int_equal(packed_open(&k, file), 0);
	assert_int_equal(k.bytes, ALL);
	assert_int_equal(k.head_len, HEAD);
	assert_memory_equal(k.head, p, HEAD);
	assert_int_equal(packed_stream(&k, fd), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(whole_read(fd, out, ALL), ALL - HEAD);
	assert_memory_equal(out, p + HEAD, ALL - HEAD);
	packed_close(&k);
	close(fd);
	unlink(file);
	free(out);
	free(p);
}

/* What was before the damage may have gone out; nothing false does. */
static void damaged_at(size_t at, const unsigned char *p)
{
	FILE *f = fopen(file, "r+e");
	const int fd = memfd_create("out", 0);
	unsigned char *out = malloc(ALL);
	struct packed k;
	int r, c;
	ssize_t n;

	fseek(f, (long)at, SEEK_SET);
	c = fgetc(f);
	fseek(f, (long)at, SEEK_SET);
	fputc(c ^ 0x10, f);
	fclose(f);
	r = packed_open(&k, file);
	if (r == 0)
		r = packed_stream(&k, fd);
	assert_true(r == -EBADMSG);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	n = whole_read(fd, out, ALL);
	assert_memory_equal(out, p + HEAD, (size_t)n);
	packed_close(&k);
	close(fd);
	free(out);
}

static void damaged(void **state)
{
	unsigned char *p = content();
	const size_t size = pack(p);

	(void)state;
	unlink(file);
	for (size_t i = 0; i < 40; i++) {
		pack(p);
		damaged_at(i * (size - 1) / 39, p);
		unlink(file);
	}
	free(p);
}

static void cut(void **state)
{
	unsigned char *p = content();
	const size_t size = pack(p);
	struct packed k;

	(void)state;
	assert_int_equal(truncate(file, (off_t)size - 1), 0);
	assert_int_equal(packed_open(&k, file), -EBADMSG);
	assert_int_equal(truncate(file, 0), 0);
	assert_int_equal(packed_open(&k, file), -EBADMSG);
	unlink(file);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_out),
		cmocka_unit_test(damaged),
		cmocka_unit_test(cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
