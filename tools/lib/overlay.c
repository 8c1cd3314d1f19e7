// SPDX-License-Identifier: MIT
#include "overlay.h"
#include "bytes.h"
#include "cleanup.h"

#include <search.h>
#include <stdbool.h>
#include <string.h>

void overlay_init(struct overlay *ov, int fd, uint64_t size)
{
	*ov = (struct overlay){ .fd = fd, .size = size };
}

static int by_offset(const void *a, const void *b)
{
	const struct overlay_page *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static struct overlay_page *find(struct overlay *ov, uint64_t at)
{
	struct overlay_page **slot;

	/* the comparison looks at the first member only */
	slot = tfind(&at, &ov->pages, by_offset);
	return slot ? *slot : NULL;
}

static size_t room(uint64_t at, size_t len)
{
	size_t left = OVERLAY_PAGE - at % OVERLAY_PAGE;

	return len < left ? len : left;
}

static int out_of_range(const struct overlay *ov, uint64_t at, size_t len)
{
	return at > ov->size || len > ov->size - at;
}

/* What of len is to come from the file: up to the next page that is here. */
static size_t in_file(struct overlay *ov, uint64_t at, size_t len)
{
	size_t n = room(at, len);

	while (n < len && !find(ov, at + n))
		n += room(at + n, len - n);
	return n;
}

int overlay_read(struct overlay *ov, uint64_t at, void *buf, size_t len)
{
	unsigned char *p = buf;

	if (out_of_range(ov, at, len))
		return -ENXIO;
	if (!ov->pages)
		return read_at(ov->fd, at, buf, len);
	while (len > 0) {
		size_t n = room(at, len), in = at % OVERLAY_PAGE;
		const struct overlay_page *pg = find(ov, at - in);
		int r;

		if (pg)
			memcpy(p, pg->data + in, n);
		else if ((r = read_at(ov->fd, at, p, n = in_file(ov, at, len))) < 0)
			return r;
		p += n, at += n, len -= n;
	}
	return 0;
}

/* The page that begins at at, as it is in the file if it was not there yet. */
static int page_at(struct overlay *ov, uint64_t at, struct overlay_page **out)
{
	_cleanup_free_ struct overlay_page *pg = NULL;
	size_t n = OVERLAY_PAGE;
	int r;

	if ((*out = find(ov, at)))
		return 0;
	if (!(pg = calloc(1, sizeof(*pg))))
		return -ENOMEM;
	pg->at = at;
	if (n > ov->size - at)
		n = (size_t)(ov->size - at);
	if ((r = read_at(ov->fd, at, pg->data, n)) < 0)
		return r;
	if (!tsearch(pg, &ov->pages, by_offset))
		return -ENOMEM;
	*out = steal_ptr(&pg);
	return 0;
}

int overlay_write(struct overlay *ov, uint64_t at, const void *buf, size_t len)
{
	const unsigned char *p = buf;

	if (out_of_range(ov, at, len))
		return -ENXIO;
	while (len > 0) {
		size_t n = room(at, len), in = at % OVERLAY_PAGE;
		struct overlay_page *pg = NULL;
		int r = page_at(ov, at - in, &pg);

		if (r < 0)
			return r;
		memcpy(pg->data + in, p, n);
		p += n, at += n, len -= n;
	}
	return 0;
}

struct collect {
	struct overlay_page **list;
	size_t n, room;
	int error;
};

static void collect(const void *node, VISIT which, void *closure)
{
	struct overlay_page *pg = *(struct overlay_page *const *)node;
	struct collect *c = closure;

	if ((which != postorder && which != leaf) || c->error)
		return;
	if (c->n == c->room) {
		size_t more = c->room ? 2 * c->room : 256;
		void *p = reallocarray(c->list, more, sizeof(struct overlay_page *));

		if (!p) {
			c->error = -ENOMEM;
			return;
		}
		c->list = p;
		c->room = more;
	}
	c->list[c->n++] = pg;
}

size_t overlay_page_len(const struct overlay *ov, uint64_t at)
{
	return ov->size - at < OVERLAY_PAGE ? (size_t)(ov->size - at) : OVERLAY_PAGE;
}

int overlay_run(const struct overlay *ov, struct overlay_page *const *pages, size_t n,
	unsigned char *buf, size_t *run)
{
	size_t k = 1, len;

	while (k < n && k < OVERLAY_RUN &&
		pages[k]->at == pages[0]->at + k * OVERLAY_PAGE)
		k++;
	len = (k - 1) * OVERLAY_PAGE + overlay_page_len(ov, pages[k - 1]->at);
	*run = k;
	return read_at(ov->fd, pages[0]->at, buf, len);
}

/* Leaves those that differ from the file. */
static int only_changed(const struct overlay *ov, struct overlay_page **list, size_t *n)
{
	_cleanup_free_ unsigned char *now = malloc((size_t)OVERLAY_RUN * OVERLAY_PAGE);
	size_t left = 0, run;
	int r;

	if (!now)
		return -ENOMEM;
	for (size_t i = 0; i < *n; i += run) {
		if ((r = overlay_run(ov, list + i, *n - i, now, &run)) < 0)
			return r;
		for (size_t k = 0; k < run; k++)
			if (memcmp(now + k * OVERLAY_PAGE, list[i + k]->data,
				    overlay_page_len(ov, list[i + k]->at)) != 0)
				list[left++] = list[i + k];
	}
	*n = left;
	return 0;
}

static int take_pages(
	struct overlay *ov, struct overlay_page ***list, size_t *n, bool changed)
{
	struct collect c = { 0 };

	twalk_r(ov->pages, collect, &c);
	if (!c.error && changed)
		c.error = only_changed(ov, c.list, &c.n);
	if (c.error) {
		free(c.list);
		return c.error;
	}
	*list = c.list;
	*n = c.n;
	return 0;
}

int overlay_changes(struct overlay *ov, struct overlay_page ***list, size_t *n)
{
	return take_pages(ov, list, n, true);
}

int overlay_written(struct overlay *ov, struct overlay_page ***list, size_t *n)
{
	return take_pages(ov, list, n, false);
}

void overlay_free(struct overlay *ov)
{
	tdestroy(ov->pages, free);
	ov->pages = NULL;
}
