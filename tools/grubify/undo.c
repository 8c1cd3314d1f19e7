// SPDX-License-Identifier: MIT
#include "undo.h"
#include "bytes.h"
#include "cleanup.h"

#include <ext2fs/ext2fs.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

/*
 * The record, little-endian: magic, image size, number of pages, checksum of
 * the rest; for each page its offset, length, whether it is zeros, the sums of
 * its new sectors; then the pages' old bytes.
 */
static const unsigned char magic[8] = { 'G', 'R', 'U', 'B', 'I', 'F', 'Y', '1' };

enum { HEAD = 24, ENTRY = 48, SECTOR = 512, RECORD_MAX = 1 << 30 };

static uint32_t sum(const void *p, size_t len)
{
	return ext2fs_crc32c_le(~0U, p, len);
}

static bool all_zero(const unsigned char *p, size_t len)
{
	return len == 0 || (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0);
}

static char *sibling(const char *path, const char *suffix)
{
	char *s;

	return asprintf(&s, "%s.grubify-undo%s", path, suffix) < 0 ? NULL : s;
}

static void sector_sums(unsigned char *out, const unsigned char *data, size_t len)
{
	for (size_t at = 0; at < OVERLAY_PAGE; at += SECTOR)
		put_le32(out + at / SECTOR * 4,
			at < len ? sum(data + at, len - at < SECTOR ? len - at : SECTOR)
				 : 0);
}

/* A page's entry, and its bytes if it has any; returns how many. */
static size_t record_page(unsigned char *e, unsigned char *data,
	const unsigned char *now, size_t len, const struct overlay_page *pg)
{
	bool zero = all_zero(now, len);

	put_le64(e, pg->at);
	put_le32(e + 8, (uint32_t)len);
	put_le32(e + 12, zero);
	sector_sums(e + 16, pg->data, len);
	if (!zero)
		memcpy(data, now, len);
	return zero ? 0 : len;
}

/* The record of what these pages are in the file now. */
static int record_make(const struct overlay *ov, struct overlay_page **pages, size_t n,
	char **out, size_t *len)
{
	_cleanup_free_ unsigned char *buf = malloc(HEAD + n * (ENTRY + OVERLAY_PAGE));
	_cleanup_free_ unsigned char *now = malloc((size_t)OVERLAY_RUN * OVERLAY_PAGE);
	unsigned char *data = buf + HEAD + n * ENTRY, *e = buf + HEAD;
	size_t run;
	int r;

	if (!buf || !now)
		return -ENOMEM;
	memcpy(buf, magic, sizeof(magic));
	put_le64(buf + 8, ov->size);
	put_le32(buf + 16, (uint32_t)n);
	for (size_t i = 0; i < n; i += run) {
		if ((r = overlay_run(ov, pages + i, n - i, now, &run)) < 0)
			return r;
		for (size_t k = 0; k < run; k++, e += ENTRY)
			data += record_page(e, data, now + k * OVERLAY_PAGE,
				overlay_page_len(ov, pages[i + k]->at), pages[i + k]);
	}
	*len = (size_t)(data - buf);
	put_le32(buf + 20, sum(buf + HEAD, *len - HEAD));
	*out = (char *)steal_ptr(&buf);
	return 0;
}

static int parse_page(struct undo_page *p, const unsigned char *e, uint64_t size,
	const unsigned char **data, const unsigned char *end)
{
	p->at = get_le64(e);
	p->len = get_le32(e + 8);
	for (int k = 0; k < 8; k++)
		p->sums[k] = get_le32(e + 16 + (size_t)4 * k);
	if (p->len == 0 || p->len > OVERLAY_PAGE || p->at % OVERLAY_PAGE ||
		p->at > size || p->len > size - p->at)
		return -EBADMSG;
	if (get_le32(e + 12))
		return 0;
	if ((size_t)(end - *data) < p->len)
		return -EBADMSG;
	p->old = *data;
	*data += p->len;
	return 0;
}

int undo_parse(struct undo_record *rec, const char *text, size_t len)
{
	const unsigned char *b = (const unsigned char *)text, *data, *end = b + len;
	int r = 0;

	memset(rec, 0, sizeof(*rec));
	if (len < HEAD || memcmp(b, magic, sizeof(magic)) != 0 ||
		get_le32(b + 16) > (len - HEAD) / ENTRY ||
		get_le32(b + 20) != sum(b + HEAD, len - HEAD))
		return -EBADMSG;
	rec->image_size = get_le64(b + 8);
	rec->n = get_le32(b + 16);
	data = b + HEAD + rec->n * ENTRY;
	if (!(rec->pages = calloc(rec->n + 1, sizeof(*rec->pages))))
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < rec->n; i++)
		r = parse_page(&rec->pages[i], b + HEAD + i * ENTRY, rec->image_size,
			&data, end);
	if (r == 0 && data != end)
		r = -EBADMSG;
	if (r < 0)
		undo_free(rec);
	return r;
}

void undo_free(struct undo_record *rec)
{
	free(rec->pages);
	free(rec->text);
	memset(rec, 0, sizeof(*rec));
}

static int sync_folder(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);
	_cleanup_close_ int fd = -1;

	if (!copy)
		return -ENOMEM;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* some filesystems can't, and then need not */
	return fd < 0 || (fsync(fd) < 0 && errno != EINVAL) ? -errno : 0;
}

/* Whole, on disk, and only then under its name. */
static int record_store(const char *path, const char *text, size_t len)
{
	_cleanup_free_ char *name = sibling(path, ""), *tmp = sibling(path, ".new");
	_cleanup_close_ int fd = -1;
	int r;

	if (!name || !tmp)
		return -ENOMEM;
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if ((r = write_at(fd, 0, text, len)) == 0 && fdatasync(fd) < 0)
		r = -errno;
	if (r == 0 && rename(tmp, name) < 0)
		r = -errno;
	if (r < 0)
		unlink(tmp);
	return r < 0 ? r : sync_folder(path);
}

static int write_run(int fd, struct iovec *iov, int n, uint64_t at)
{
	size_t want = 0;
	ssize_t got;

	for (int i = 0; i < n; i++)
		want += iov[i].iov_len;
	got = pwritev(fd, iov, n, (off_t)at);
	if (got == (ssize_t)want)
		return 0;
	if (got < 0 && errno != EINTR)
		return -errno;
	/* cut short: page by page, which write_at() brings to its end */
	for (int i = 0, r; i < n; at += iov[i++].iov_len)
		if ((r = write_at(fd, at, iov[i].iov_base, iov[i].iov_len)) < 0)
			return r;
	return 0;
}

/* Neighbouring pages go in one write; the first sector is not among them. */
static int write_pages(const struct overlay *ov, struct overlay_page **pages, size_t n)
{
	enum { RUN = 256 };
	struct iovec iov[RUN];
	size_t i = 0;

	while (i < n) {
		uint64_t at = pages[i]->at, next = at;
		int k = 0, r;

		for (; i < n && k < RUN && pages[i]->at == next; i++, k++) {
			size_t skip = next == 0 ? SECTOR : 0;
			size_t len = overlay_page_len(ov, next);

			iov[k].iov_base = pages[i]->data + skip;
			iov[k].iov_len = len - skip;
			next += len;
		}
		if ((r = write_run(ov->fd, iov, k, at ? at : SECTOR)) < 0)
			return r;
	}
	return 0;
}

static int write_all(const struct overlay *ov, struct overlay_page **pages, size_t n)
{
	int r = write_pages(ov, pages, n);

	if (r == 0 && fdatasync(ov->fd) < 0)
		r = -errno;
	if (r < 0 || n == 0 || pages[0]->at != 0)
		return r;
	if ((r = write_at(ov->fd, 0, pages[0]->data, SECTOR)) == 0 &&
		fdatasync(ov->fd) < 0)
		r = -errno;
	return r;
}

int undo_commit(
	struct overlay *ov, const char *path, uint64_t *written, enum undo_stage *stage)
{
	_cleanup_free_ struct overlay_page **pages = NULL;
	_cleanup_free_ char *text = NULL;
	size_t n, len;
	int r;

	*stage = UNDO_RECORD;
	*written = 0;
	if ((r = overlay_changes(ov, &pages, &n)) < 0 || n == 0)
		return r;
	for (size_t i = 0; i < n; i++)
		*written += overlay_page_len(ov, pages[i]->at);
	if ((r = record_make(ov, pages, n, &text, &len)) < 0 ||
		(r = record_store(path, text, len)) < 0)
		return r;
	*stage = UNDO_WRITE;
	if ((r = write_all(ov, pages, n)) < 0 &&
		undo_restore(ov->fd, ov->size, path) < 0)
		*stage = UNDO_STUCK;
	return r;
}

static int load(const char *path, struct undo_record *rec)
{
	_cleanup_free_ char *name = sibling(path, ""), *text = NULL;
	_cleanup_close_ int fd = -1;
	struct stat st;
	int r;

	memset(rec, 0, sizeof(*rec));
	if (!name)
		return -ENOMEM;
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size > RECORD_MAX)
		return -EBADMSG;
	if (!(text = malloc((size_t)st.st_size + 1)))
		return -ENOMEM;
	if ((r = read_at(fd, 0, text, (size_t)st.st_size)) < 0 ||
		(r = undo_parse(rec, text, (size_t)st.st_size)) < 0)
		return r;
	rec->text = steal_ptr(&text);
	return 0;
}

/* Every sector must be the old or the new one, or the file is another by now. */
static int page_is_ours(int fd, const struct undo_page *p)
{
	static const unsigned char zeros[SECTOR];
	unsigned char now[OVERLAY_PAGE];
	int r = read_at(fd, p->at, now, p->len);

	for (size_t at = 0; r == 0 && at < p->len; at += SECTOR) {
		size_t n = p->len - at < SECTOR ? p->len - at : SECTOR;

		if (memcmp(now + at, p->old ? p->old + at : zeros, n) != 0 &&
			sum(now + at, n) != p->sums[at / SECTOR])
			r = -ESTALE;
	}
	return r;
}

static int put_back(int fd, const struct undo_page *p)
{
	static const unsigned char zeros[OVERLAY_PAGE];

	if (p->old)
		return write_at(fd, p->at, p->old, p->len);
	/* a hole again, where the filesystem below knows holes */
	if (p->len == OVERLAY_PAGE &&
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)p->at,
			p->len) == 0)
		return 0;
	return write_at(fd, p->at, zeros, p->len);
}

int undo_restore(int fd, uint64_t size, const char *path)
{
	_cleanup_free_ char *tmp = sibling(path, ".new");
	_cleanup_(undo_free) struct undo_record rec = { 0 };
	int r;

	if (!tmp)
		return -ENOMEM;
	unlink(tmp); /* was not whole yet, so nothing had been changed */
	if ((r = load(path, &rec)) < 0)
		return r == -ENOENT ? 0 : r;
	if (rec.image_size != size)
		return -ESTALE;
	for (size_t i = 0; i < rec.n; i++)
		if ((r = page_is_ours(fd, &rec.pages[i])) < 0)
			return r;
	/* the boot sector, written last, goes first */
	for (size_t i = 0; i < rec.n; i++)
		if ((r = put_back(fd, &rec.pages[i])) < 0)
			return r;
	if (fdatasync(fd) < 0)
		return -errno;
	r = undo_forget(path);
	return r < 0 ? r : 1;
}

bool undo_waits(const char *path)
{
	_cleanup_free_ char *name = sibling(path, "");

	return name && access(name, F_OK) == 0;
}

int undo_forget(const char *path)
{
	_cleanup_free_ char *name = sibling(path, "");

	if (!name)
		return -ENOMEM;
	if (unlink(name) < 0 && errno != ENOENT)
		return -errno;
	return sync_folder(path);
}
