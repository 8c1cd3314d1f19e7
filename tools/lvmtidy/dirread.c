#include "dirread.h"
#include "cleanup.h"

#include <dirent.h>
#include <string.h>
#include <time.h>

enum {
	BUFFER = 8 << 20,
	ENTRY_MIN = 24, /* the shortest record that the kernel writes */
};

struct room {
	struct entry list[BUFFER / ENTRY_MIN];
	_Alignas(struct dirent64) char buf[BUFFER];
};

int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int by_inode_number(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static bool dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static size_t take_apart(const char *buf, size_t len, struct entry *list)
{
	size_t n = 0;

	for (size_t at = 0; at < len;) {
		const struct dirent64 *d = (const void *)(buf + at);

		if (!dots(d->d_name))
			list[n++] = (struct entry){ d->d_ino, d->d_name, d->d_type };
		at += d->d_reclen;
	}
	return n;
}

int dir_each(int fd, bool by_inode, entry_fn *each, void *ctx, int64_t *ns)
{
	_cleanup_free_ struct room *room = NULL;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	if (!(room = malloc(sizeof(*room))))
		return -ENOMEM;
	for (;;) {
		int64_t start = now_ns();
		ssize_t got = getdents64(fd, room->buf, sizeof(room->buf));
		size_t n;
		int r;

		*ns += now_ns() - start;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		n = take_apart(room->buf, (size_t)got, room->list);
		if (by_inode)
			qsort(room->list, n, sizeof(*room->list), by_inode_number);
		for (size_t i = 0; i < n; i++)
			if ((r = each(ctx, &room->list[i])))
				return r;
	}
}
