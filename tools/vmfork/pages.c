#include "pages.h"
#include "cleanup.h"

#include <errno.h>
#include <stdint.h>
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

static int is_zeros(const char *page)
{
	static const char zeros[PAGE];

	return memcmp(page, zeros, PAGE) == 0;
}

/* How long the run of pages is, at most n, that are zeros, or are not. */
static size_t run(const char *p, size_t n, int zeros)
{
	size_t len = PAGE;

	while (len < n && is_zeros(p + len) == zeros)
		len += PAGE;
	return len;
}

/* As many bytes as there are, and zeros up to a whole page. Their number, or -errno. */
static ssize_t read_piece(int fd, char *p, off_t at)
{
	size_t got = 0;
	ssize_t n;

	while (got < PIECE && (n = pread(fd, p + got, PIECE - got, at + (off_t)got))) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		got += (size_t)n;
	}
	memset(p + got, 0, -got % PAGE);
	return (ssize_t)(got + -got % PAGE);
}

static int write_at(int fd, const char *p, size_t n, off_t at)
{
	for (ssize_t w; n; p += w, n -= (size_t)w, at += w) {
		w = pwrite(fd, p, n, at);
		if (w < 0 && errno == EINTR)
			w = 0;
		if (w < 0)
			return -errno;
	}
	return 0;
}

/* Where a run begins depends on where the piece does, which is the same in each copy. */
static int put_piece(XXH3_state_t *x, int to, const char *p, size_t n, off_t at)
{
	size_t len;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i += len) {
		const int zeros = is_zeros(p + i);
		const uint64_t where = (uint64_t)at + i;

		len = run(p + i, n - i, zeros);
		if (zeros)
			continue;
		XXH3_64bits_update(x, &where, sizeof(where));
		XXH3_64bits_update(x, p + i, len);
		if (to >= 0)
			r = write_at(to, p + i, len, (off_t)where);
	}
	return r;
}

/* Piece by piece, but for those that are a hole. */
static int walk(XXH3_state_t *x, int from, int to)
{
	_cleanup_free_ char *p = malloc(PIECE);
	off_t at = 0;
	ssize_t n;
	int r = 0;

	if (!p)
		return -ENOMEM;
	for (; r == 0 && (at = lseek(from, at, SEEK_DATA)) >= 0; at += PIECE) {
		at -= at % PIECE;
		n = read_piece(from, p, at);
		r = n < 0 ? (int)n : put_piece(x, to, p, (size_t)n, at);
	}
	return r < 0 ? r : errno == ENXIO ? 0 : -errno;
}

int pages_copy(int from, int to, char sum[PAGES_SUM])
{
	_cleanup_(cleanup_xxh) XXH3_state_t *x = XXH3_createState();
	struct stat st;
	uint64_t size;
	int r;

	if (!x || XXH3_64bits_reset(x) != XXH_OK)
		return -ENOMEM;
	if (fstat(from, &st) < 0)
		return -errno;
	r = walk(x, from, to);
	if (r == 0 && to >= 0 && ftruncate(to, st.st_size) < 0)
		r = -errno;
	size = (uint64_t)st.st_size;
	XXH3_64bits_update(x, &size, sizeof(size));
	snprintf(sum, PAGES_SUM, "%016llx", (unsigned long long)XXH3_64bits_digest(x));
	return r;
}

int pages_sum(int fd, char sum[PAGES_SUM])
{
	return pages_copy(fd, -1, sum);
}
