// SPDX-License-Identifier: MIT
#include "newc.h"
#include "cleanup.h"

#include <ctype.h>
#include <string.h>

enum { HEADER = 110, FIELDS = 13, MAX_PATH = 4096, MAX_MEMBERS = 500000 };
enum {
	INO,
	MODE,
	UID,
	GID,
	NLINK,
	MTIME,
	FILESIZE,
	DEVMAJOR,
	DEVMINOR,
	RDEVMAJOR,
	RDEVMINOR,
	NAMESIZE,
	CHECK
};

struct reader {
	const char *buf;
	size_t len, at;
	size_t members;
	const char *why;
};

static int bad(struct reader *r, const char *why)
{
	r->why = why;
	return -EBADMSG;
}

static int hex8(const char *s, uint32_t *v)
{
	*v = 0;
	for (int i = 0; i < 8; i++) {
		unsigned c = (unsigned char)s[i];

		if (!isxdigit(c))
			return -EBADMSG;
		*v = *v << 4 | (isdigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return 0;
}

static size_t padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* "./usr//bin/" as "usr/bin"; "" is the root itself. */
static int plain_path(const char *in, char out[MAX_PATH])
{
	size_t n = 0;

	out[0] = '\0';
	while (*in) {
		size_t part = strcspn(in, "/");

		if (part == 2 && in[0] == '.' && in[1] == '.')
			return -EBADMSG;
		if (part && !(part == 1 && in[0] == '.')) {
			if (n + part + 2 > MAX_PATH)
				return -EBADMSG;
			n += (size_t)sprintf(
				out + n, "%s%.*s", n ? "/" : "", (int)part, in);
		}
		in += part;
		in += *in == '/';
	}
	return 0;
}

static int put(struct reader *r, struct tree *t, const char *name, const uint32_t f[])
{
	char path[MAX_PATH];
	struct node n = { .path = path,
		.mode = f[MODE],
		.uid = f[UID],
		.gid = f[GID],
		.mtime = f[MTIME],
		.rmajor = f[RDEVMAJOR],
		.rminor = f[RDEVMINOR],
		.data = r->buf + r->at,
		.size = f[FILESIZE] };
	_cleanup_free_ char *target = NULL;

	if (plain_path(name, path) < 0)
		return bad(r, "a member's path has .. in it or is too long");
	if (!path[0])
		return 0; /* the root exists anyway */
	if (++r->members > MAX_MEMBERS)
		return bad(r, "more than 500000 members");
	if (S_ISREG(n.mode) && f[NLINK] > 1)
		n.link = (uint64_t)(t->archives + 1) << 32 | f[INO];
	if (S_ISLNK(n.mode)) {
		if (n.size == 0 || n.size >= MAX_PATH || memchr(n.data, '\0', n.size))
			return bad(r, "a symlink that points to no path");
		target = strndup(n.data, n.size);
		n.data = n.owned = target;
	}
	if ((S_ISLNK(n.mode) && !target) || !tree_put(t, &n))
		return bad(r, "out of memory");
	target = NULL; /* the tree's */
	return 0;
}

/* One member; 1 after the trailer. */
static int member(struct reader *r, struct tree *t)
{
	uint32_t f[FIELDS];
	const char *h = r->buf + r->at, *name = h + HEADER;
	size_t left = r->len - r->at, names, room;
	int rc;

	if (left < HEADER)
		return bad(r, "ends within a member's header");
	if (memcmp(h, "070701", 6) != 0 && memcmp(h, "070702", 6) != 0)
		return bad(r, "no cpio archive (newc) where one should go on");
	for (int i = 0; i < FIELDS; i++)
		if (hex8(h + 6 + (size_t)8 * i, &f[i]) < 0)
			return bad(r, "a header field that is no hexadecimal number");
	if (f[NAMESIZE] < 1 || f[NAMESIZE] > MAX_PATH)
		return bad(r, "a member's name is empty or too long");
	names = padded(HEADER + (size_t)f[NAMESIZE]);
	if (names > left || name[f[NAMESIZE] - 1] != '\0')
		return bad(r, "ends within a member's name");
	if (f[FILESIZE] > left - names)
		return bad(r, "ends within a member's contents");
	r->at += names;
	if (strcmp(name, "TRAILER!!!") == 0)
		return 1;
	rc = put(r, t, name, f);
	/* The last archive's last padding may be missing. */
	room = left - names;
	r->at += padded(f[FILESIZE]) < room ? padded(f[FILESIZE]) : room;
	return rc;
}

static int by_link(const void *a, const void *b)
{
	const struct node *x = *(struct node *const *)a, *y = *(struct node *const *)b;

	if (x->link != y->link)
		return x->link < y->link ? -1 : 1;
	return x->size > y->size ? -1 : x->size < y->size;
}

/* Of a file with several names only one carries the contents: all get them. */
static int share_contents(struct tree *t)
{
	_cleanup_free_ struct node **list = tree_list(t);

	if (!list)
		return -ENOMEM;
	qsort(list, t->count, sizeof(struct node *), by_link);
	for (size_t i = 1; i < t->count; i++)
		if (list[i]->link && list[i]->link == list[i - 1]->link &&
			list[i]->size == 0) {
			list[i]->data = list[i - 1]->data;
			list[i]->size = list[i - 1]->size;
		}
	return 0;
}

int newc_read(
	struct tree *t, const char *buf, size_t len, size_t *used, const char **why)
{
	struct reader r = { .buf = buf, .len = len };
	const unsigned before = t->archives;
	int rc = 0;

	for (;;) {
		while (r.at < len && buf[r.at] == '\0')
			r.at++;
		/* as the kernel has it: "broken padding" */
		if (r.at < len && (r.at & 3) && t->archives > before) {
			rc = bad(&r,
				"zeros behind an archive that end at no multiple of "
				"four, where the kernel stops");
			break;
		}
		if (len - r.at < 6 || memcmp(buf + r.at, "07070", 5) != 0)
			break;
		while ((rc = member(&r, t)) == 0)
			;
		if (rc < 0)
			break;
		t->archives++;
	}
	*used = r.at;
	*why = r.why;
	return rc < 0 ? rc : share_contents(t);
}
