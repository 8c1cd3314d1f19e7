#include "dirread.h"
#include "cleanup.h"

#include <dirent.h>
#include <string.h>
#include <time.h>

enum {
	READ = 8 << 20,
	READS = sizeof(((struct listing *)NULL)->read) / sizeof(size_t),
	ENTRY_MIN = 24, /* the shortest record that the kernel writes */
};

int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* By region, and in one by the directory: by where the kernel put the name. */
static int by_region(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	uint64_t i = x->inode / REGION, k = y->inode / REGION;

	return i != k ? (i > k) - (i < k) : (x->name > y->name) - (x->name < y->name);
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

static int make_room(struct listing *l)
{
	/* Pages that nothing is read into cost nothing. */
	if (!l->buf)
		l->buf = malloc((size_t)READ * READS);
	if (!l->list)
		l->list = malloc(READ / ENTRY_MIN * sizeof(*l->list));
	return l->buf && l->list ? 0 : -ENOMEM;
}

static int pass_on(struct listing *l, const char *buf, size_t len, bool by_inode,
	entry_fn *each, void *ctx)
{
	size_t n = take_apart(buf, len, l->list);
	int r;

	if (by_inode)
		qsort(l->list, n, sizeof(*l->list), by_region);
	for (size_t i = 0; i < n; i++)
		if ((r = each(ctx, &l->list[i])))
			return r;
	return 0;
}

/* What does not fit takes the place of what was read last. */
static int read_each(struct listing *l, bool by_inode, entry_fn *each, void *ctx)
{
	bool kept = true;
	int r;

	if (lseek(l->fd, 0, SEEK_SET) < 0)
		return -errno;
	for (l->reads = 0;;) {
		char *buf = l->buf + (size_t)READ * l->reads;
		int64_t start = now_ns();
		ssize_t got = getdents64(l->fd, buf, READ);

		l->ns += now_ns() - start;
		if (got <= 0) {
			l->whole = got == 0 && kept;
			return got < 0 ? -errno : 0;
		}
		if ((r = pass_on(l, buf, (size_t)got, by_inode, each, ctx)))
			return r;
		if (l->reads < READS - 1)
			l->read[l->reads++] = (size_t)got;
		else
			kept = false;
	}
}

int dir_each(struct listing *l, bool by_inode, entry_fn *each, void *ctx)
{
	int r = 0;

	if (!l->whole)
		return make_room(l) < 0 ? -ENOMEM : read_each(l, by_inode, each, ctx);
	for (size_t i = 0; r == 0 && i < l->reads; i++)
		r = pass_on(l, l->buf + READ * i, l->read[i], by_inode, each, ctx);
	return r;
}

void cleanup_listing(struct listing *l)
{
	free(l->buf);
	free(l->list);
	*l = (struct listing){ .fd = l->fd };
}
