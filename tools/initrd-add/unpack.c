#include "unpack.h"
#include "cleanup.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct kind {
	const char *magic;
	size_t len;
	int (*filter)(struct archive *);
	/* Where the data ends, or may end: after from. */
	size_t (*end)(const char *buf, size_t len, size_t from);
	bool (*intact)(const char *buf, size_t len, const char *out, size_t size);
};

static const struct kind *kind_of(const char *buf, size_t len);

static uint32_t le32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

static uint32_t crc32_of(const char *p, size_t len)
{
	static uint32_t table[256];
	uint32_t crc = 0xffffffff;

	for (uint32_t i = 0; !table[255] && i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
		table[i] = c;
	}
	while (len--)
		crc = table[(crc ^ (unsigned char)*p++) & 0xff] ^ crc >> 8;
	return ~crc;
}

/* Whether the gzip member that ends at end has made the first bytes of out. */
static bool member_made(const char *end, const char *out, size_t size, bool all)
{
	uint32_t n = le32(end - 4);

	return (all ? n == (uint32_t)size : n <= size) &&
	       le32(end - 8) == crc32_of(out, all ? size : n);
}

/* libarchive leaves gzip's checksums alone. There may be several members. */
static bool gzip_intact(const char *buf, size_t len, const char *out, size_t size)
{
	if (len >= 18 && member_made(buf + len, out, size, true))
		return true;
	for (size_t i = 18; i + 18 <= len; i++) {
		size_t n;

		if (memcmp(buf + i, "\x1f\x8b\x08", 3) != 0 ||
			!member_made(buf + i, out, size, false))
			continue;
		n = le32(buf + i - 4);
		if (gzip_intact(buf + i, len - i, out + n, size - n))
			return true;
	}
	return false;
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

/* One zstd frame's length from its own headers (RFC 8878); 0: cut short. */
static size_t zstd_frame(const char *buf, size_t len)
{
	static const size_t dict[] = { 0, 1, 2, 4 }, fcs[] = { 0, 2, 4, 8 };
	unsigned flags = len > 5 ? (unsigned char)buf[4] : 0;
	bool single = flags & 0x20;
	size_t at = 5 + !single + dict[flags & 3] + fcs[flags >> 6] +
		    (single && flags < 0x40);
	uint32_t h = 0;

	while (!(h & 1)) {
		if (len < 4 || at > len - 4)
			return 0;
		h = le32(buf + at) & 0xffffff;
		at += 3 + ((h >> 1 & 3) == 1 ? 1 : h >> 3);
	}
	at += flags & 4 ? 4 : 0;
	return at > len ? 0 : at;
}

static size_t zstd_end(const char *buf, size_t len, size_t from)
{
	size_t at = from, n;

	while (len - at > 4 && le32(buf + at) == 0xfd2fb528) {
		n = zstd_frame(buf + at, len - at);
		if (!n)
			return len;
		at += n;
	}
	return at;
}

static const struct kind kinds[] = {
	{ "\x1f\x8b\x08", 3, archive_read_support_filter_gzip, NULL, gzip_intact },
	{ "\xfd\x37zXZ\0", 6, archive_read_support_filter_xz, xz_end, NULL },
	{ "\x28\xb5\x2f\xfd", 4, archive_read_support_filter_zstd, zstd_end, NULL },
};

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

static int unpack_to(const struct kind *k, const char *buf, size_t len, size_t max,
	char **out, size_t *size, size_t *used)
{
	_cleanup_(archive_done) struct archive *a = archive_read_new();
	struct archive_entry *e;
	int r;

	if (!a)
		return -ENOMEM;
	k->filter(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_memory(a, buf, len) != ARCHIVE_OK ||
		archive_read_next_header(a, &e) != ARCHIVE_OK)
		return -EBADMSG;
	r = drain(a, max, out, size);
	*used = (size_t)archive_filter_bytes(a, -1);
	if (r == 0 && k->intact && !k->intact(buf, *used, *out, *size)) {
		free(steal_ptr(out));
		r = -EBADMSG;
	}
	return r;
}

int unpack(const char *buf, size_t len, size_t max, char **out, size_t *size,
	size_t *used, const char **why)
{
	const struct kind *k = kind_of(buf, len);
	size_t end = 0;
	int r;

	if (!k) {
		*why = "neither gzip, xz, zstd nor a cpio archive (newc)";
		return -EBADMSG;
	}
	do {
		end = k->end ? k->end(buf, len, end) : len;
		r = unpack_to(k, buf, end, max, out, size, used);
	} while (r == -EBADMSG && k->filter == archive_read_support_filter_xz &&
		 end < len);
	if (k->end)
		*used = end;
	*why = r == -EFBIG    ? "unpacks to more than 1 GiB"
	       : r == -ENOMEM ? "out of memory"
			      : "the compressed data is damaged or cut short";
	return r;
}
