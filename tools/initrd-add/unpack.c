// SPDX-License-Identifier: MIT
#include "unpack.h"
#include "cleanup.h"

#include <archive.h>
#include <archive_entry.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

struct kind {
	const char *magic;
	size_t len;
	int (*filter)(struct archive *); /* NULL: zlib's */
	/* Where the data ends, or may end: after from. */
	size_t (*end)(const char *buf, size_t len, size_t from);
	/* Why the kernel would not have it; NULL: it would. */
	const char *(*odd)(const char *buf, size_t len);
};

static const struct kind *kind_of(const char *buf, size_t len);

static uint32_t le32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

/* lib/decompress_inflate.c skips a name, and takes all else for data. */
static const char *gzip_odd(const char *buf, size_t len)
{
	enum { FLAGS = 3, NAME = 8 };

	return len > FLAGS && (buf[FLAGS] & ~NAME)
		       ? "a gzip header with extra fields, a comment or a checksum "
			 "(bgzip, "
			 "dictzip): the kernel takes those for data; gzip -n makes one "
			 "without"
		       : NULL;
}

/* The checks of XZ that the kernel knows: none and CRC32 (lib/xz/xz_dec_stream.c). */
static const char *xz_odd(const char *buf, size_t len)
{
	enum { CHECK = 7, NONE = 0, CRC32 = 1, FILTERS = 13, DELTA = 3 };

	if (len > CHECK && buf[CHECK] != NONE && buf[CHECK] != CRC32)
		return "xz with a check that the kernel does not know: xz "
		       "--check=crc32 "
		       "makes one that it does";
	/* the first filter of a first block without sizes */
	if (len > FILTERS + 1 && (buf[FILTERS] & 0xc0) == 0 &&
		buf[FILTERS + 1] == DELTA)
		return "xz with a delta filter, which the kernel does not know";
	return NULL;
}

/*
 * An xz stream ends with "YZ"; libarchive reads on beyond it and takes what is
 * no xz there for damage, so the end is sought first. After a false one the
 * decompression fails, and the next is tried.
 */
static size_t xz_end(const char *buf, size_t len, size_t from)
{
	for (size_t i = from; i + 4 <= len; i += 4) {
		const char *next = buf + i + 4;
		size_t left = len - i - 4;

		if (memcmp(buf + i + 2, "YZ", 2) != 0)
			continue;
		if (left == 0 || *next == '\0' || kind_of(next, left) ||
			(left > 5 && memcmp(next, "07070", 5) == 0))
			return i + 4;
	}
	return len;
}

/* What is in the header of a zstd frame (RFC 8878). */
struct zstd_header {
	size_t size;
	uint64_t window;
	bool sum;
};

static bool zstd_header(const char *buf, size_t len, struct zstd_header *h)
{
	static const size_t dict[] = { 0, 1, 2, 4 }, fcs[] = { 0, 2, 4, 8 };
	const unsigned flags = len > 5 ? (unsigned char)buf[4] : 0;
	const bool single = flags & 0x20;
	const size_t wide = fcs[flags >> 6] + (single && flags < 0x40);
	const size_t at = 5 + !single + dict[flags & 3];

	*h = (struct zstd_header){ .size = at + wide, .sum = flags & 4 };
	if (len < 6 || h->size > len)
		return false;
	if (!single) {
		const unsigned b = (unsigned char)buf[5];

		h->window = (1ULL << (10 + (b >> 3))) / 8 * (8 + (b & 7));
		return true;
	}
	for (size_t i = wide; i-- > 0;)
		h->window = h->window << 8 | (unsigned char)buf[at + i];
	h->window += wide == 2 ? 256 : 0;
	return true;
}

/* lib/decompress_unzstd.c: ZSTD_WINDOWSIZE_MAX. */
static const char *zstd_odd(const char *buf, size_t len)
{
	enum { WINDOW_MAX = 128 << 20 };
	struct zstd_header h;

	return zstd_header(buf, len, &h) && h.window > WINDOW_MAX
		       ? "zstd with a window of more than 128 MiB, which the kernel "
			 "refuses: "
			 "zstd without --long or --ultra makes a smaller one"
		       : NULL;
}

/* One frame's length from its own headers; all there is, if it is cut short. */
static size_t zstd_end(const char *buf, size_t len, size_t from)
{
	struct zstd_header h;
	uint32_t block = 0;
	size_t at;

	(void)from;
	if (!zstd_header(buf, len, &h))
		return len;
	at = h.size;
	while (!(block & 1)) {
		if (len < 4 || at > len - 4)
			return len;
		block = le32(buf + at) & 0xffffff;
		at += 3 + ((block >> 1 & 3) == 1 ? 1 : block >> 3);
	}
	at += h.sum ? 4 : 0;
	return at > len ? len : at;
}

static const struct kind kinds[] = {
	{ "\x1f\x8b\x08", 3, NULL, NULL, gzip_odd },
	{ "\xfd\x37zXZ\0", 6, archive_read_support_filter_xz, xz_end, xz_odd },
	{ "\x28\xb5\x2f\xfd", 4, archive_read_support_filter_zstd, zstd_end, zstd_odd },
};

/* Those that we do not read: of them the kernel knows all but the last three. */
static const struct {
	const char *magic;
	size_t len;
	const char *why;
} strange[] = {
#define STRANGE(magic, name, program)                                                  \
	{                                                                              \
		magic, sizeof(magic) - 1,                                              \
			"compressed by " name                                          \
			", which is not read here: unpack it (" program                \
			") and pack it by gzip -n"                                     \
	}
	STRANGE("\x02\x21\x4c\x18", "lz4", "lz4 -dc"),
	STRANGE("BZh", "bzip2", "bzip2 -dc"),
	STRANGE("\x5d\0\0", "lzma", "xz --format=lzma -dc"),
	STRANGE("\x89LZO", "lzop", "lzop -dc"),
	STRANGE("\x04\x22\x4d\x18", "lz4 in a format that no kernel reads", "lz4 -dc"),
	STRANGE("LZIP", "lzip", "lzip -dc"),
	STRANGE("PK\3\4", "zip", "unzip"),
#undef STRANGE
	{ "\x1f\x9d", 2, "compressed by compress, which no kernel reads" },
	{ "070707", 6,
		"a cpio archive of the old kind: cpio -H newc makes the one that "
		"the kernel reads" },
};

static const char *strange_kind(const char *buf, size_t len)
{
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++)
		if (len >= strange[i].len &&
			memcmp(buf, strange[i].magic, strange[i].len) == 0)
			return strange[i].why;
	/* skippable frames, which pzstd writes before each of its own */
	if (len > 4 && (le32(buf) & 0xfffffff0) == 0x184d2a50)
		return "a skippable frame of zstd (pzstd), which no kernel reads: zstd "
		       "-dc "
		       "and zstd again make one without";
	return "neither gzip, xz, zstd nor a cpio archive (newc)";
}

static const struct kind *kind_of(const char *buf, size_t len)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (len >= kinds[i].len &&
			memcmp(buf, kinds[i].magic, kinds[i].len) == 0)
			return &kinds[i];
	return NULL;
}

static void archive_done(struct archive **a)
{
	archive_read_free(*a);
}

static int drain(struct archive *a, size_t max, char **out, size_t *size)
{
	_cleanup_free_ char *buf = NULL;
	size_t used = 0, room = 0;
	ssize_t n;

	do {
		if (room - used < 2) {
			char *p = realloc(buf, room = room ? 2 * room : 1 << 20);

			if (!p)
				return -ENOMEM;
			buf = p;
		}
		n = archive_read_data(a, buf + used, room - used - 1);
		if (n < 0)
			return -EBADMSG;
		used += (size_t)n;
		if (used > max)
			return -EFBIG;
	} while (n > 0);
	buf[used] = '\0';
	*size = used;
	*out = steal_ptr(&buf);
	return 0;
}

/* One member of gzip, as the kernel takes them one by one; its sum is verified. */
static int gunzip(
	const char *buf, size_t len, size_t max, char **out, size_t *size, size_t *used)
{
	enum { GZIP_ONLY = 16 + MAX_WBITS };
	_cleanup_free_ char *text = NULL;
	size_t room = 0;
	z_stream z = { .next_in = (const Bytef *)buf };
	int r = inflateInit2(&z, GZIP_ONLY) == Z_OK ? Z_OK : Z_MEM_ERROR;

	while (r == Z_OK) {
		const size_t left = len - z.total_in;

		if (room - z.total_out < 2) {
			char *p = realloc(text, room = room ? 2 * room : 1 << 20);

			if (!p) {
				r = Z_MEM_ERROR;
				break;
			}
			text = p;
		}
		z.next_out = (Bytef *)text + z.total_out;
		z.avail_out = (uInt)(room - z.total_out - 1);
		z.avail_in = left > UINT_MAX ? UINT_MAX : (uInt)left;
		r = inflate(&z, Z_NO_FLUSH);
		if (z.total_out > max)
			r = Z_BUF_ERROR;
	}
	*size = z.total_out;
	*used = z.total_in;
	inflateEnd(&z);
	if (r != Z_STREAM_END || !text)
		return r == Z_MEM_ERROR ? -ENOMEM : *size > max ? -EFBIG : -EBADMSG;
	text[*size] = '\0';
	*out = steal_ptr(&text);
	return 0;
}

static int unpack_to(const struct kind *k, const char *buf, size_t len, size_t max,
	char **out, size_t *size, size_t *used)
{
	_cleanup_(archive_done) struct archive *a = NULL;
	struct archive_entry *e;

	if (!k->filter)
		return gunzip(buf, len, max, out, size, used);
	if (!(a = archive_read_new()))
		return -ENOMEM;
	k->filter(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_memory(a, buf, len) != ARCHIVE_OK ||
		archive_read_next_header(a, &e) != ARCHIVE_OK)
		return -EBADMSG;
	return drain(a, max, out, size);
}

int unpack(const char *buf, size_t len, size_t max, char **out, size_t *size,
	size_t *used, const char **why)
{
	const struct kind *k = kind_of(buf, len);
	size_t end = 0;
	int r;

	*why = k ? k->odd(buf, len) : strange_kind(buf, len);
	if (*why)
		return -EBADMSG;
	do {
		end = k->end ? k->end(buf, len, end) : len;
		r = unpack_to(k, buf, end, max, out, size, used);
	} while (r == -EBADMSG && k->end == xz_end && end < len);
	if (k->end)
		*used = end;
	*why = r == -EFBIG    ? "unpacks to more than 1 GiB"
	       : r == -ENOMEM ? "out of memory"
			      : "the compressed data is damaged or cut short";
	return r;
}
