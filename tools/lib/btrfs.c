// SPDX-License-Identifier: MIT
#include "btrfs.h"
#include "bytes.h"
#include "cleanup.h"

#include <errno.h>
#include <string.h>

/* Where things lie on the disk; all of it is little endian. */
enum {
	SUPER_AT = 0x10000,
	SUPER_SIZE = 4096,
	SUPER_MAGIC = 64,
	SUPER_ROOT = 80,
	SUPER_CHUNKS = 88,
	SUPER_ROOT_DIR = 128,
	SUPER_NODESIZE = 148,
	SUPER_ARRAY_SIZE = 160,
	SUPER_ROOT_LEVEL = 198,
	SUPER_CHUNKS_LEVEL = 199,
	SUPER_DEVICE = 201,
	SUPER_ARRAY = 811,
	ARRAY_MAX = 2048,
	NODE_AT = 48,
	NODE_ITEMS = 96,
	NODE_LEVEL = 100,
	NODE_HEAD = 101,
	KEY = 17,
	ITEM = KEY + 8,	    /* a leaf's: key, offset, size */
	POINTER = KEY + 16, /* a node's: key, block, generation */
	CHUNK_HEAD = 48,
	STRIPE = 32,
	ROOT_TREE_AT = 176,
	ROOT_LEVEL = 238,
	DIR_NAME = 30,
	BACKREF_NAME = 18,
	REF_NAME = 10,
};

enum {
	TYPE_INODE_REF = 12,
	TYPE_DIR = 84,
	TYPE_ROOT = 132,
	TYPE_BACKREF = 144,
	TYPE_CHUNK = 228
};
enum { CHUNK_TREE_ID = 256, FIRST_FOLDER = 256, STRIPED = 8 | 64 | 128 | 256 };
/* More than these is none that we want to read. */
enum {
	LEVELS = 8,
	CHUNKS_MAX = 65536,
	NODES_MAX = 20000,
	SUBVOLUMES_MAX = 1024,
	FOLDERS_MAX = 64,
	PATH_LENGTH = 4096,
	NODESIZE_MAX = 65536
};

struct chunk {
	uint64_t start, length, at;
	int error; /* it can't be read here */
};

struct reader {
	struct image *img;
	const struct part *part;
	uint64_t device;
	uint32_t nodesize;
	struct chunk *chunks;
	size_t n, room;
	unsigned nodes; /* read so far */
};

struct key {
	uint64_t object;
	uint8_t type;
	uint64_t offset;
};

typedef int (*item_fn)(
	void *opaque, struct key key, const unsigned char *data, uint32_t size);

static struct key key_at(const unsigned char *p)
{
	return (struct key){ get_le64(p), p[8], get_le64(p + 9) };
}

/* What of it lies on this device: the same for all copies, nothing for stripes. */
static int add_chunk(
	struct reader *r, uint64_t start, const unsigned char *data, uint32_t size)
{
	struct chunk c = { .start = start, .error = -EXDEV };
	unsigned stripes;

	if (size < CHUNK_HEAD)
		return -EBADMSG;
	c.length = get_le64(data);
	stripes = get_le16(data + 44);
	if (stripes == 0 || size < CHUNK_HEAD + stripes * STRIPE)
		return -EBADMSG;
	if (stripes > 1 && (get_le64(data + 24) & STRIPED))
		c.error = -ENOTSUP;
	for (unsigned i = 0; c.error == -EXDEV && i < stripes; i++) {
		const unsigned char *s = data + CHUNK_HEAD + (size_t)i * STRIPE;

		if (get_le64(s) == r->device) {
			c.at = get_le64(s + 8);
			c.error = 0;
		}
	}
	if (r->n == r->room) {
		size_t room = r->room ? 2 * r->room : 16;
		struct chunk *p = reallocarray(r->chunks, room, sizeof(*p));

		if (!p)
			return -ENOMEM;
		r->chunks = p;
		r->room = room;
	}
	if (r->n >= CHUNKS_MAX)
		return -EFBIG;
	r->chunks[r->n++] = c;
	return 0;
}

static int read_logical(struct reader *r, uint64_t at, unsigned char *buf)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct chunk *c = &r->chunks[i];
		uint64_t there;

		if (at < c->start || at - c->start >= c->length)
			continue;
		if (c->error < 0)
			return c->error;
		there = c->at + (at - c->start);
		if (there < c->at || there > r->part->size ||
			r->nodesize > r->part->size - there)
			return -EBADMSG;
		return overlay_read(
			&r->img->ov, r->part->start + there, buf, r->nodesize);
	}
	return -EBADMSG;
}

static int walk(struct reader *r, uint64_t at, unsigned level, uint64_t low,
	uint64_t high, item_fn fn, void *opaque);

static int walk_leaf(struct reader *r, const unsigned char *buf, uint32_t items,
	uint64_t low, uint64_t high, item_fn fn, void *opaque)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < items; i++) {
		const unsigned char *it = buf + NODE_HEAD + (size_t)i * ITEM;
		struct key key = key_at(it);
		uint64_t from = NODE_HEAD + (uint64_t)get_le32(it + KEY);
		uint32_t size = get_le32(it + KEY + 4);

		if (key.object < low || key.object > high)
			continue;
		if (from > r->nodesize || size > r->nodesize - from)
			return -EBADMSG;
		rc = fn(opaque, key, buf + from, size);
	}
	return rc;
}

static int walk_node(struct reader *r, const unsigned char *buf, uint32_t items,
	unsigned level, uint64_t low, uint64_t high, item_fn fn, void *opaque)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < items; i++) {
		const unsigned char *p = buf + NODE_HEAD + (size_t)i * POINTER;

		if (key_at(p).object > high)
			break;
		/* all of it is before the next one's first key */
		if (i + 1 < items && key_at(p + POINTER).object < low)
			continue;
		rc = walk(r, get_le64(p + KEY), level - 1, low, high, fn, opaque);
	}
	return rc;
}

/* All items of objects from low to high, in the tree that begins at at. */
static int walk(struct reader *r, uint64_t at, unsigned level, uint64_t low,
	uint64_t high, item_fn fn, void *opaque)
{
	_cleanup_free_ unsigned char *buf = malloc(r->nodesize);
	uint32_t items;
	int rc;

	if (!buf)
		return -ENOMEM;
	if (++r->nodes > NODES_MAX || level >= LEVELS)
		return -EBADMSG;
	if ((rc = read_logical(r, at, buf)) < 0)
		return rc;
	items = get_le32(buf + NODE_ITEMS);
	if (get_le64(buf + NODE_AT) != at || buf[NODE_LEVEL] != level ||
		items > (r->nodesize - NODE_HEAD) / (level ? POINTER : ITEM))
		return -EBADMSG;
	return level ? walk_node(r, buf, items, level, low, high, fn, opaque)
		     : walk_leaf(r, buf, items, low, high, fn, opaque);
}

static int on_chunk(
	void *opaque, struct key key, const unsigned char *data, uint32_t size)
{
	return key.type == TYPE_CHUNK ? add_chunk(opaque, key.offset, data, size) : 0;
}

/* Those of the superblock, by which the tree with all of them is found. */
static int first_chunks(struct reader *r, const unsigned char *super)
{
	uint32_t left = get_le32(super + SUPER_ARRAY_SIZE);
	const unsigned char *p = super + SUPER_ARRAY;
	int rc;

	if (left > ARRAY_MAX)
		return -EBADMSG;
	while (left > 0) {
		uint32_t size;

		if (left < KEY + CHUNK_HEAD)
			return -EBADMSG;
		size = CHUNK_HEAD + (uint32_t)get_le16(p + KEY + 44) * STRIPE;
		if (size > left - KEY)
			return -EBADMSG;
		rc = add_chunk(r, key_at(p).offset, p + KEY, size);
		if (rc < 0)
			return rc;
		p += KEY + size;
		left -= KEY + size;
	}
	return 0;
}

struct roots {
	struct subvolumes *s;
	uint64_t folder; /* of the tree of trees, where "default" is */
};

static struct subvolume *find(struct subvolumes *s, uint64_t id)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].id == id)
			return &s->list[i];
	return NULL;
}

static struct subvolume *add(struct subvolumes *s, uint64_t id)
{
	struct subvolume *found = find(s, id);

	if (found || s->n >= SUBVOLUMES_MAX)
		return found;
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 16;
		struct subvolume *p = reallocarray(s->list, room, sizeof(*p));

		if (!p)
			return NULL;
		s->list = p;
		s->room = room;
	}
	s->list[s->n] = (struct subvolume){ .id = id };
	return &s->list[s->n++];
}

static int on_root(
	void *opaque, struct key key, const unsigned char *data, uint32_t size)
{
	struct roots *roots = opaque;
	const bool ours = key.object == BTRFS_TOP ||
			  (key.object >= FIRST_FOLDER && key.object <= (uint64_t)-256);
	struct subvolume *v;

	if (key.object == roots->folder && key.type == TYPE_DIR && size > DIR_NAME) {
		if (get_le16(data + 27) == 7 && size >= DIR_NAME + 7 &&
			memcmp(data + DIR_NAME, "default", 7) == 0)
			roots->s->mounted = get_le64(data);
		return 0;
	}
	if (!ours || !(key.type == TYPE_ROOT || key.type == TYPE_BACKREF))
		return 0;
	if (!(v = add(roots->s, key.object)))
		return 0;
	if (key.type == TYPE_ROOT && size > ROOT_LEVEL) {
		v->tree = get_le64(data + ROOT_TREE_AT);
		v->level = data[ROOT_LEVEL];
	} else if (key.type == TYPE_BACKREF && size > BACKREF_NAME && !v->name) {
		unsigned len = get_le16(data + 16);

		if (len == 0 || len > size - BACKREF_NAME)
			return -EBADMSG;
		v->parent = key.offset;
		v->folder = get_le64(data);
		v->name = strndup((const char *)data + BACKREF_NAME, len);
	}
	return 0;
}

/* --- paths --- */

struct climb {
	uint64_t up;
	char *name;
};

static int on_ref(
	void *opaque, struct key key, const unsigned char *data, uint32_t size)
{
	struct climb *c = opaque;
	unsigned len;

	if (key.type != TYPE_INODE_REF || size <= REF_NAME || c->name)
		return 0;
	len = get_le16(data + 8);
	if (len == 0 || len > size - REF_NAME)
		return -EBADMSG;
	c->up = key.offset;
	c->name = strndup((const char *)data + REF_NAME, len);
	return c->name ? 0 : -ENOMEM;
}

static bool is_name(const char *s)
{
	return s && *s && !strchr(s, '/') && strcmp(s, ".") != 0 &&
	       strcmp(s, "..") != 0;
}

/* path becomes /name/path. */
static int prepend(char **path, const char *name)
{
	char *s;

	if (!is_name(name) || strlen(*path) + strlen(name) >= PATH_LENGTH)
		return -EBADMSG;
	if (asprintf(&s, "/%s%s", name, *path) < 0)
		return -ENOMEM;
	free(*path);
	*path = s;
	return 0;
}

/* The folders between a subvolume and the top of the one it lies in. */
static int climb_folders(
	struct reader *r, const struct subvolume *in, uint64_t folder, char **path)
{
	int rc;

	for (int i = 0; folder != FIRST_FOLDER; i++) {
		struct climb c = { 0 };

		if (i == FOLDERS_MAX)
			return -EBADMSG;
		rc = walk(r, in->tree, in->level, folder, folder, on_ref, &c);
		if (rc == 0)
			rc = prepend(path, c.name);
		free(c.name);
		if (rc < 0)
			return rc;
		folder = c.up;
	}
	return 0;
}

static int path_of(
	struct reader *r, struct subvolumes *s, const struct subvolume *v, char **out)
{
	_cleanup_free_ char *path = strdup("");
	int rc = path ? 0 : -ENOMEM;

	for (int i = 0; rc == 0 && v->id != BTRFS_TOP; i++) {
		const struct subvolume *in = find(s, v->parent);

		if (!v->name || !in || i == FOLDERS_MAX)
			return -ENOENT;
		rc = prepend(&path, v->name);
		if (rc == 0)
			rc = climb_folders(r, in, v->folder, &path);
		v = in;
	}
	if (rc == 0)
		*out = steal_ptr(&path);
	return rc;
}

static int read_all(struct reader *r, struct subvolumes *s)
{
	unsigned char super[SUPER_SIZE];
	struct roots roots = { .s = s };
	int rc;

	if (r->part->size < SUPER_AT + SUPER_SIZE)
		return -EBADMSG;
	rc = overlay_read(&r->img->ov, r->part->start + SUPER_AT, super, sizeof(super));
	if (rc < 0)
		return rc;
	r->device = get_le64(super + SUPER_DEVICE);
	r->nodesize = get_le32(super + SUPER_NODESIZE);
	if (memcmp(super + SUPER_MAGIC, "_BHRfS_M", 8) != 0 ||
		r->nodesize < SUPER_SIZE || r->nodesize > NODESIZE_MAX)
		return -EBADMSG;
	roots.folder = get_le64(super + SUPER_ROOT_DIR);
	rc = first_chunks(r, super);
	if (rc == 0)
		rc = walk(r, get_le64(super + SUPER_CHUNKS), super[SUPER_CHUNKS_LEVEL],
			CHUNK_TREE_ID, CHUNK_TREE_ID, on_chunk, r);
	if (rc == 0)
		rc = walk(r, get_le64(super + SUPER_ROOT), super[SUPER_ROOT_LEVEL], 0,
			UINT64_MAX, on_root, &roots);
	for (size_t i = 0; rc == 0 && i < s->n; i++) {
		rc = s->list[i].id == BTRFS_TOP
			     ? 0
			     : path_of(r, s, &s->list[i], &s->list[i].path);
		if (rc == -ENOENT)
			rc = 0; /* removed, or of another tree */
	}
	return rc;
}

int btrfs_subvolumes(struct image *img, const struct part *p, struct subvolumes *s)
{
	struct reader r = { .img = img, .part = p };
	int rc;

	*s = (struct subvolumes){ .mounted = BTRFS_TOP };
	rc = read_all(&r, s);
	free(r.chunks);
	if (rc < 0)
		btrfs_free(s);
	return rc;
}

void btrfs_free(struct subvolumes *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->list[i].name);
		free(s->list[i].path);
	}
	free(s->list);
	*s = (struct subvolumes){ .mounted = BTRFS_TOP };
}
