// SPDX-License-Identifier: MIT
#include "dirread.h"
#include "cleanup.h"
#include "clock.h"

#include <dirent.h>
#include <string.h>

enum {
	READ = 8 << 20,
	READ_ONCE = 256 << 10, /* stays in the processor's cache */
	READS = sizeof(((struct listing *)NULL)->read) / sizeof(size_t),
	ENTRY_MIN = 24, /* the shortest record that the kernel writes */
};

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

/* As the kernel wrote them. */
static int take_apart(const char *buf, size_t len, entry_fn *each, void *ctx)
{
	int r = 0;

	for (size_t at = 0; at < len && r == 0;) {
		const struct dirent64 *d = (const void *)(buf + at);
		const struct entry e = { d->d_ino, d->d_name, d->d_type };

		if (!dots(d->d_name))
			r = each(ctx, &e);
		at += d->d_reclen;
	}
	return r;
}

static int append(void *ctx, const struct entry *e)
{
	struct listing *l = ctx;

	l->list[l->n++] = *e;
	return 0;
}

static int make_room(struct listing *l, bool by_inode)
{
	/* Pages that nothing is read into cost nothing. */
	if (!l->buf)
		l->buf = malloc(l->keep ? (size_t)READ * READS : READ_ONCE);
	if (!l->list && by_inode)
		l->list = malloc(READ / ENTRY_MIN * sizeof(*l->list));
	return l->buf && (l->list || !by_inode) ? 0 : -ENOMEM;
}

static int pass_on(struct listing *l, const char *buf, size_t len, bool by_inode,
	entry_fn *each, void *ctx)
{
	int r = 0;

	if (!by_inode)
		return take_apart(buf, len, each, ctx);
	l->n = 0;
	take_apart(buf, len, append, l);
	qsort(l->list, l->n, sizeof(*l->list), by_region);
	for (size_t i = 0; i < l->n && r == 0; i++)
		r = each(ctx, &l->list[i]);
	return r;
}

/* What does not fit takes the place of what was read last. */
static int read_each(struct listing *l, bool by_inode, entry_fn *each, void *ctx)
{
	size_t room = l->keep ? READ : READ_ONCE;
	bool kept = l->keep;
	int r;

	if (lseek(l->fd, 0, SEEK_SET) < 0)
		return -errno;
	for (l->reads = 0;;) {
		char *buf = l->buf + (size_t)READ * l->reads;
		int64_t start = clock_ns();
		ssize_t got = getdents64(l->fd, buf, room);

		l->ns += clock_ns() - start;
		if (got <= 0) {
			l->whole = got == 0 && kept;
			return got < 0 ? -errno : 0;
		}
		if ((r = pass_on(l, buf, (size_t)got, by_inode, each, ctx)))
			return r;
		if (kept && l->reads < READS - 1)
			l->read[l->reads++] = (size_t)got;
		else
			kept = false;
	}
}

int dir_each(struct listing *l, bool by_inode, entry_fn *each, void *ctx)
{
	int r = 0;

	if (make_room(l, by_inode) < 0)
		return -ENOMEM;
	if (!l->whole)
		return read_each(l, by_inode, each, ctx);
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
