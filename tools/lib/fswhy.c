// SPDX-License-Identifier: MIT
#include "fswhy.h"
#include "bytes.h"
#include "cleanup.h"

#include <stdarg.h>
#include <string.h>

struct bit {
	uint64_t bit;
	const char *name, *off; /* off: takes it away again, or makes one without it */
};

static void put(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void put(char *buf, size_t size, const char *fmt, ...)
{
	size_t n = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf + n, size - n, fmt, ap);
	va_end(ap);
}

/* Each bit of flags that is not among the known, by its name or number. */
static bool name_bits(struct fswhy *why, uint64_t flags, uint64_t known,
	const struct bit *names, size_t n, const char *head)
{
	bool any = false;

	for (int i = 0; i < 64; i++) {
		uint64_t bit = (uint64_t)1 << i;
		const struct bit *b = NULL;

		if (!(flags & ~known & bit))
			continue;
		for (size_t k = 0; k < n && !b; k++)
			b = names[k].bit == bit ? &names[k] : NULL;
		put(why->what, sizeof(why->what), "%s", any ? ", " : " with ");
		if (b)
			put(why->what, sizeof(why->what), "%s", b->name);
		else
			put(why->what, sizeof(why->what), "feature 0x%llx",
				(unsigned long long)bit);
		if (b && b->off)
			put(why->next, sizeof(why->next), "%s%s",
				*why->next ? (*head ? "" : ", ") : head, b->off);
		any = true;
	}
	return any;
}

static uint64_t be32(const unsigned char *p)
{
	return (uint64_t)p[0] << 24 | (uint64_t)p[1] << 16 | (uint64_t)p[2] << 8 | p[3];
}

/* GRUB's ext2.c lists what it can do without, and refuses all else. */
static void why_ext(const unsigned char *sb, struct fswhy *why)
{
	enum { INCOMPAT = 96, RO_COMPAT = 100, BIGALLOC = 0x200 };
	static const struct bit names[] = { { 0x1, "compression", NULL },
		{ 0x8, "journal_dev", NULL },
		{ 0x400, "ea_inode", "made anew by mke2fs -O ^ea_inode" },
		{ 0x1000, "dirdata", NULL },
		{ 0x8000, "inline_data", "made anew by mke2fs -O ^inline_data" },
		{ 0x20000, "casefold", "tune2fs -O ^casefold" } };
	/* known to the newest only, so perhaps not to this one */
	static const struct bit newer[] = {
		{ 0x2000, "metadata_csum_seed", "tune2fs -O ^metadata_csum_seed" },
		{ 0x4000, "large_dir", "made anew by mke2fs -O ^large_dir" },
	};
	const uint64_t known = 0x2 | 0x4 | 0x10 | 0x40 | 0x80 | 0x100 | 0x200 | 0x10000;
	uint64_t flags = get_le32(sb + INCOMPAT);

	if (name_bits(why, flags, known | 0x2000 | 0x4000, names,
		    sizeof(names) / sizeof(*names), "") ||
		name_bits(why, flags & (0x2000 | 0x4000), 0, newer,
			sizeof(newer) / sizeof(*newer), ""))
		return;
	if (get_le32(sb + RO_COMPAT) & BIGALLOC) {
		put(why->what, sizeof(why->what), " with bigalloc");
		put(why->next, sizeof(why->next), "made anew by mke2fs -O ^bigalloc");
	}
}

static void why_xfs(const unsigned char *sb, struct fswhy *why)
{
	enum { VERSION = 100, INCOMPAT = 216 };
	static const struct bit names[] = {
		{ 0x8, "bigtime", " -m bigtime=0" },
		{ 0x10, "needsrepair", NULL },
		{ 0x20, "nrext64", " -i nrext64=0" },
		{ 0x40, "exchange", " -i exchange=0" },
		{ 0x80, "parent", " -n parent=0" },
		{ 0x100, "metadir", " -m metadir=0" },
		{ 0x200, "zoned", " -r zoned=0" },
		{ 0x400, "zone gaps", NULL },
	};
	const uint64_t known = 0x1 | 0x2 | 0x4;
	uint64_t flags = be32(sb + INCOMPAT);

	if ((sb[VERSION + 1] & 0xf) != 5)
		return;
	/* bigtime and needsrepair are known since 2.06: nothing else may be the cause */
	if (flags & ~known & ~0x18ULL)
		flags &= ~0x18ULL;
	name_bits(why, flags, known, names, sizeof(names) / sizeof(*names),
		"made anew by mkfs.xfs");
}

static void why_btrfs(const unsigned char *sb, struct fswhy *why)
{
	enum { DEVICES = 0x88, INCOMPAT = 0xbc };
	static const struct bit names[] = { { 0x400, "metadata_uuid", NULL },
		{ 0x1000, "zoned", NULL }, { 0x2000, "extent tree v2", NULL },
		{ 0x4000, "raid-stripe-tree",
			"made anew by mkfs.btrfs -O ^raid-stripe-tree" },
		{ 0x10000, "simple quotas", "btrfstune --remove-simple-quota" } };
	uint64_t devices = get_le64(sb + DEVICES);

	if (devices > 1)
		put(why->what, sizeof(why->what), " of %llu devices",
			(unsigned long long)devices);
	else
		name_bits(why, get_le64(sb + INCOMPAT), 0xbff, names,
			sizeof(names) / sizeof(*names), "");
}

static void why_squashfs(const unsigned char *sb, struct fswhy *why)
{
	enum { COMPRESSION = 20 };
	static const char *const by[] = { NULL, NULL, "lzma", NULL, NULL, "lz4",
		"zstd" };
	unsigned n = get_le16(sb + COMPRESSION);

	if (n >= sizeof(by) / sizeof(*by) || !by[n])
		return;
	put(why->what, sizeof(why->what), " compressed by %s", by[n]);
	put(why->next, sizeof(why->next), "made anew by mksquashfs -comp xz");
}

void fs_why(struct image *img, const struct part *p, struct fswhy *why)
{
	static const struct {
		const char *fs;
		uint64_t at;
		void (*look)(const unsigned char *, struct fswhy *);
	} known[] = { { "ext", 1024, why_ext }, { "xfs", 0, why_xfs },
		{ "btrfs", 65536, why_btrfs }, { "squashfs", 0, why_squashfs } };
	unsigned char sb[512];

	*why = (struct fswhy){ 0 };
	put(why->what, sizeof(why->what), "%s", p->fs ? p->fs : "no filesystem");
	for (size_t i = 0; p->fs && i < sizeof(known) / sizeof(*known); i++)
		if (strncmp(p->fs, known[i].fs, strlen(known[i].fs)) == 0 &&
			overlay_read(&img->ov, p->start + known[i].at, sb,
				sizeof(sb)) == 0)
			known[i].look(sb, why);
}

int fs_readable(struct image *img, const struct part *p, const char *fstest)
{
	enum { LISTING_MAX = 4 << 20 };
	struct fs fs = {
		.img = img, .part = p, .fstest = fstest ? fstest : "grub-fstest"
	};
	_cleanup_free_ char *text = NULL;
	struct child c;
	size_t len = 0;
	int r = fs_start(&fs, &c, "ls", "/");

	if (r < 0)
		return r;
	if ((r = child_wait(&c, LISTING_MAX, &text, &len)) != 0)
		return r < 0 ? r : -ENOEXEC;
	return len > 0;
}
