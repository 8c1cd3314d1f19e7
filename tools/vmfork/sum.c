// SPDX-License-Identifier: MIT
#include "sum.h"
#include "bytes.h"
#include "cleanup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

enum { PAGE = 4096, PIECE = 256 * PAGE };

static void cleanup_xxh(XXH3_state_t **s)
{
	XXH3_freeState(*s);
}

/* Each page with its place, but for zeros. */
static void add_pages(XXH3_state_t *x, const char *p, size_t n, uint64_t at)
{
	static const char zeros[PAGE];

	for (; n; n -= PAGE, p += PAGE, at += PAGE) {
		if (memcmp(p, zeros, PAGE) == 0)
			continue;
		XXH3_64bits_update(x, &at, sizeof(at));
		XXH3_64bits_update(x, p, PAGE);
	}
}

/* Piece by piece, but for those in a hole; a last page is filled up with zeros. */
static int add_file(XXH3_state_t *x, int fd, uint64_t size)
{
	_cleanup_free_ char *p = malloc(PIECE);
	uint64_t at = 0;
	off_t data;

	if (!p)
		return -ENOMEM;
	while (at < size && (data = lseek(fd, (off_t)at, SEEK_DATA)) >= 0) {
		size_t n;
		int r;

		at = (uint64_t)data - (uint64_t)data % PAGE;
		n = size - at < PIECE ? size - at : PIECE;
		if ((r = read_at(fd, at, p, n)) < 0)
			return r;
		memset(p + n, 0, -n % PAGE);
		add_pages(x, p, n + -n % PAGE, at);
		at += n;
	}
	return at >= size || errno == ENXIO ? 0 : -errno;
}

int sum_file(int fd, char sum[SUM_ROOM])
{
	_cleanup_(cleanup_xxh) XXH3_state_t *x = XXH3_createState();
	struct stat st;
	uint64_t size;
	int r;

	if (!x || XXH3_64bits_reset(x) != XXH_OK)
		return -ENOMEM;
	if (fstat(fd, &st) < 0)
		return -errno;
	size = (uint64_t)st.st_size;
	r = add_file(x, fd, size);
	XXH3_64bits_update(x, &size, sizeof(size));
	snprintf(sum, SUM_ROOM, "%016llx", (unsigned long long)XXH3_64bits_digest(x));
	return r;
}
