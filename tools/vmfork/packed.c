#include "packed.h"
#include "cleanup.h"
#include "savefile.h"
#include "whole.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <zstd.h>

static void cleanup_cctx(ZSTD_CCtx **c)
{
	ZSTD_freeCCtx(*c);
}

static void cleanup_dctx(ZSTD_DCtx **d)
{
	ZSTD_freeDCtx(*d);
}

static int put_frame(ZSTD_CCtx *c, const void *data, size_t n, int to)
{
	const size_t room = ZSTD_compressBound(n);
	_cleanup_free_ void *out = malloc(room);
	size_t len;

	if (!out)
		return -ENOMEM;
	len = ZSTD_compress2(c, out, room, data, n);
	return ZSTD_isError(len) ? -EIO : whole_write(to, out, len);
}

int packed_write(int from, size_t head, int to, uint64_t *bytes)
{
	const size_t room = head > PACKED_PIECE ? head : PACKED_PIECE;
	_cleanup_free_ void *in = malloc(room);
	_cleanup_(cleanup_cctx) ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t want = head;
	ssize_t n;
	int r = 0;

	if (!in || !c)
		return -ENOMEM;
	ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, 1);
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	for (*bytes = 0; r == 0 && (n = whole_read(from, in, want)) != 0;) {
		if (n < 0)
			return (int)n;
		r = put_frame(c, in, (size_t)n, to);
		*bytes += (uint64_t)n;
		want = PACKED_PIECE;
	}
	return r;
}

/* How long the frame at `at` is and what it holds, at most max. */
static int frame(const struct packed *p, size_t at, size_t max, size_t *len,
	unsigned long long *holds)
{
	*holds = ZSTD_getFrameContentSize(p->map + at, p->size - at);
	if (*holds == ZSTD_CONTENTSIZE_UNKNOWN || *holds == ZSTD_CONTENTSIZE_ERROR ||
		*holds == 0 || *holds > max)
		return -EBADMSG;
	*len = ZSTD_findFrameCompressedSize(p->map + at, p->size - at);
	return ZSTD_isError(*len) ? -EBADMSG : 0;
}

static int take_out(ZSTD_DCtx *d, const struct packed *p, size_t at, size_t len,
	void *out, size_t room)
{
	const size_t n = ZSTD_decompressDCtx(d, out, room, p->map + at, len);

	return ZSTD_isError(n) || n != room ? -EBADMSG : 0;
}

static int read_head(struct packed *p, unsigned long long holds)
{
	_cleanup_(cleanup_dctx) ZSTD_DCtx *d = ZSTD_createDCtx();

	p->head_len = (size_t)holds;
	p->head = malloc(p->head_len);
	if (!d || !p->head)
		return -ENOMEM;
	return take_out(d, p, 0, p->first, p->head, p->head_len);
}

static int survey(struct packed *p)
{
	unsigned long long holds = 0, head = 0;
	size_t len = 0;
	int r;

	for (size_t at = 0; at < p->size; at += len) {
		r = frame(p, at, at ? PACKED_PIECE : SAVEFILE_MAX, &len, &holds);
		if (r < 0)
			return r;
		if (at == 0) {
			p->first = len;
			head = holds;
		}
		p->bytes += holds;
	}
	return p->first ? read_head(p, head) : -EBADMSG;
}

int packed_open(struct packed *p, const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;
	int r;

	*p = (struct packed){ 0 };
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return -EBADMSG;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	p->map = map;
	p->size = (size_t)st.st_size;
	r = survey(p);
	if (r < 0)
		packed_close(p);
	return r;
}

int packed_stream(const struct packed *p, int fd)
{
	_cleanup_free_ void *out = malloc(PACKED_PIECE);
	_cleanup_(cleanup_dctx) ZSTD_DCtx *d = ZSTD_createDCtx();
	unsigned long long holds = 0;
	size_t len = 0;
	int r = 0;

	if (!out || !d)
		return -ENOMEM;
	for (size_t at = p->first; r == 0 && at < p->size; at += len) {
		r = frame(p, at, PACKED_PIECE, &len, &holds);
		if (r == 0)
			r = take_out(d, p, at, len, out, (size_t)holds);
		if (r == 0)
			r = whole_write(fd, out, (size_t)holds);
	}
	return r;
}

void packed_close(struct packed *p)
{
	if (p->map)
		munmap(p->map, p->size);
	free(p->head);
	*p = (struct packed){ 0 };
}
