// SPDX-License-Identifier: MIT
#include "store.h"
#include "bytes.h"
#include "cleanup.h"
#include "digest.h"
#include "place.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { BLOCK = 1 << 18 };

/* --- the folder --- */

/* Ours alone: who could write there could hand out what it likes. */
static int open_folder(int at, const char *path, int *fd)
{
	struct stat st;

	if (mkdirat(at, path, MODE_FOLDER) < 0 && errno != EEXIST)
		return -errno;
	*fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, &st) < 0)
		return -errno;
	return st.st_uid != geteuid() || (st.st_mode & 022) ? -EPERM : 0;
}

int store_open(struct store *s, const char *path)
{
	int r;

	*s = (struct store){ -1, -1 };
	r = open_folder(AT_FDCWD, path, &s->dir);
	if (r == 0)
		r = open_folder(s->dir, "part", &s->parts);
	if (r < 0)
		store_close(s);
	return r;
}

void store_close(struct store *s)
{
	cleanup_close(&s->dir);
	cleanup_close(&s->parts);
	*s = (struct store){ -1, -1 };
}

/* --- whole files --- */

static int read_header(int fd, struct header *h, size_t *covered, char *block)
{
	int r = read_at(fd, 0, block, HEADER_SIZE);

	return r < 0 ? r : header_read(block, h, covered) ? 0 : -EBADMSG;
}

static int checksum(
	int fd, const struct header *h, const char *block, size_t covered, char *out)
{
	_cleanup_free_ char *buf = malloc(BLOCK);
	_cleanup_(digest_free) struct digest d = { 0 };
	int r = buf ? digest_begin_sum(&d) : -ENOMEM;

	for (int64_t at = 0; r == 0 && at < h->size;) {
		const size_t n = (size_t)(h->size - at < BLOCK ? h->size - at : BLOCK);

		r = read_at(fd, (uint64_t)at + HEADER_SIZE, buf, n);
		if (r == 0)
			digest_add(&d, buf, n);
		at += (int64_t)n;
	}
	if (r == 0)
		digest_sum(&d, block, covered, out);
	return r;
}

static bool is_whole(int fd, const char *url, struct header *h)
{
	char block[HEADER_SIZE], sum[33];
	size_t covered;
	struct stat st;

	return read_header(fd, h, &covered, block) == 0 && strcmp(h->url, url) == 0 &&
	       *h->sum && *h->sha256 && fstat(fd, &st) == 0 && h->size >= 0 &&
	       st.st_size == h->size + HEADER_SIZE &&
	       checksum(fd, h, block, covered, sum) == 0 && strcmp(sum, h->sum) == 0;
}

int store_find(const struct store *s, const char *url, struct kept *k)
{
	char name[NAME_SIZE], place[PLACE_SIZE];

	*k = (struct kept){ .fd = -1 };
	place_name(url, name);
	place_of(name, place);
	k->fd = openat(s->dir, place, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (k->fd < 0)
		return 0;
	place_lock(k->fd, F_RDLCK, 0, 1);
	if (is_whole(k->fd, url, &k->h)) {
		futimens(k->fd, NULL);
		return 1;
	}
	memcpy(k->h.url, url, strlen(url) + 1);
	store_drop(s, k);
	kept_close(k);
	return -EBADMSG;
}

bool store_has(const struct store *s, const char *url)
{
	char name[NAME_SIZE], place[PLACE_SIZE];
	struct stat st;

	place_name(url, name);
	place_of(name, place);
	return fstatat(s->dir, place, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode);
}

void store_drop(const struct store *s, const struct kept *k)
{
	char name[NAME_SIZE], place[PLACE_SIZE];

	place_name(k->h.url, name);
	place_of(name, place);
	if (place_is(s->dir, place, k->fd))
		unlinkat(s->dir, place, 0);
}

void kept_close(struct kept *k)
{
	cleanup_close(&k->fd);
	k->fd = -1;
}

/* --- parts --- */

static int part_open(const struct store *s, struct part *p, int flags)
{
	p->fd = openat(
		s->parts, p->name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, MODE_FILE);
	return p->fd < 0 ? -errno : 0;
}

static int drop_part(struct part *p, int r)
{
	cleanup_close(&p->fd);
	p->fd = -1;
	return r;
}

/* Of one that is in the way: gone if nobody fills it or is about to, else -EBUSY. */
static int clear(const struct store *s, struct part *p)
{
	int r = part_open(s, p, 0);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	if (!place_lock(p->fd, F_WRLCK, 0, 2))
		return drop_part(p, -EBUSY);
	if (place_is(s->parts, p->name, p->fd))
		unlinkat(s->parts, p->name, 0);
	return drop_part(p, 0);
}

int part_begin(const struct store *s, const char *url, struct part *p)
{
	int r;

	*p = (struct part){ .fd = -1 };
	place_name(url, p->name);
	for (;;) {
		r = part_open(s, p, O_CREAT | O_EXCL);
		if (r == 0) {
			/* another may have taken it for one that is left over */
			if (place_lock(p->fd, F_WRLCK, 0, 1) &&
				place_is(s->parts, p->name, p->fd)) {
				p->ours = true;
				return 0;
			}
			drop_part(p, 0);
			continue;
		}
		if (r != -EEXIST)
			return r;
		r = clear(s, p);
		if (r < 0)
			return r;
	}
}

static int copy(int from, int to, uint64_t len)
{
	_cleanup_free_ char *buf = malloc(BLOCK);
	int r = buf ? 0 : -ENOMEM;

	for (uint64_t at = 0; r == 0 && at < len;) {
		const size_t n = (size_t)(len - at < BLOCK ? len - at : BLOCK);

		r = read_at(from, at, buf, n);
		if (r == 0)
			r = write_at(to, at, buf, n);
		at += n;
	}
	return r;
}

/* Where the filesystem has no O_TMPFILE; it will not be kept. */
static int nameless(const struct store *s, const char *key)
{
	char name[96];
	int fd;

	snprintf(name, sizeof(name), "%s.%d", key, (int)gettid());
	unlinkat(s->parts, name, 0);
	fd = openat(s->parts, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, MODE_FILE);
	if (fd >= 0)
		unlinkat(s->parts, name, 0);
	return fd;
}

int part_alone(const struct store *s, const char *url, const struct part *from,
	uint64_t upto, struct part *p)
{
	int r;

	*p = (struct part){ .fd = -1, .anonymous = true, .ours = true };
	place_name(url, p->name);
	p->fd = openat(s->parts, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, MODE_FILE);
	if (p->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		p->fd = nameless(s, p->name);
	if (p->fd < 0)
		return -errno;
	r = from ? copy(from->fd, p->fd, upto + HEADER_SIZE) : 0;
	return r < 0 ? drop_part(p, r) : 0;
}

int part_join(const struct store *s, const char *url, struct part *p, struct header *h)
{
	char block[HEADER_SIZE];
	size_t covered;
	int r;

	*p = (struct part){ .fd = -1 };
	place_name(url, p->name);
	r = part_open(s, p, 0);
	if (r < 0)
		return -ENOENT;
	/* of who reads along one takes over */
	if ((!place_held(p->fd, F_WRLCK, 0) && !place_held(p->fd, F_WRLCK, 1)) ||
		!place_lock(p->fd, F_RDLCK, 1, 1) ||
		!place_is(s->parts, p->name, p->fd))
		return drop_part(p, -ENOENT);
	if (read_header(p->fd, h, &covered, block) < 0 || strcmp(h->url, url) != 0)
		return drop_part(p, -EAGAIN);
	return 0;
}

bool part_take(struct part *p)
{
	p->ours = place_lock(p->fd, F_WRLCK, 0, 1);
	return p->ours;
}

bool part_followed(const struct part *p)
{
	return !p->anonymous && place_held(p->fd, F_WRLCK, 1);
}

int part_look(const struct part *p, struct header *h, uint64_t *have)
{
	char block[HEADER_SIZE];
	size_t covered;
	struct stat st;
	int r = read_header(p->fd, h, &covered, block);

	if (r == 0 && fstat(p->fd, &st) < 0)
		r = -errno;
	if (r == 0)
		*have = st.st_size > HEADER_SIZE ? (uint64_t)st.st_size - HEADER_SIZE
						 : 0;
	return r;
}

int part_header(const struct part *p, const struct header *h)
{
	char block[HEADER_SIZE];

	header_write(h, block);
	return write_at(p->fd, 0, block, sizeof(block));
}

/* Gives an anonymous one a name in the folder of parts. */
static int give_name(const struct store *s, struct part *p, char *name, size_t size)
{
	char self[40];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", p->fd);
	snprintf(name, size, "%s.%d", p->name, (int)gettid());
	unlinkat(s->parts, name, 0);
	return linkat(AT_FDCWD, self, s->parts, name, AT_SYMLINK_FOLLOW) < 0 ? -errno
									     : 0;
}

int part_publish(const struct store *s, struct part *p)
{
	char name[96], place[PLACE_SIZE], folder[3] = { p->name[0], p->name[1] };
	int r = 0;

	place_of(p->name, place);
	snprintf(name, sizeof(name), "%s", p->name);
	if (p->anonymous) {
		/* it may be used from the first moment on */
		place_lock(p->fd, F_RDLCK, 0, 1);
		r = give_name(s, p, name, sizeof(name));
	} else if (!place_is(s->parts, name, p->fd)) {
		r = -ESTALE;
	}
	if (r == 0 && mkdirat(s->dir, folder, MODE_FOLDER) < 0 && errno != EEXIST)
		r = -errno;
	if (r == 0 && renameat(s->parts, name, s->dir, place) < 0)
		r = -errno;
	place_lock(p->fd, F_RDLCK, 0, 1);
	p->published = r == 0;
	return r;
}

void part_leave(const struct store *s, struct part *p)
{
	if (p->fd < 0 || p->published)
		return;
	if (!p->ours) {
		place_lock(p->fd, F_UNLCK, 1, 1);
		return;
	}
	/* byte 1 for ourselves: nobody begins to read along now */
	if (!p->anonymous && place_lock(p->fd, F_WRLCK, 1, 1) &&
		place_is(s->parts, p->name, p->fd))
		unlinkat(s->parts, p->name, 0);
	place_lock(p->fd, F_UNLCK, 0, 1);
}
