/*
 * recipe.c - partman's recipes, by the grammar of partman-auto's decode_recipe:
 *
 *	NAME : (or ::)   MIN PRIORITY MAX FILESYSTEM KEY{ VALUE } ... .   ...
 *
 * What it cannot read it does not complain of: it takes something else for it.
 */
#include "check.h"
#include "nearest.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

struct word {
	const char *s;
	size_t at, len;
};

struct recipe {
	struct check *c;
	const struct answer *a;
	struct word *v;
	size_t n;
	unsigned partitions;
	uint64_t least;	     /* MB of all partitions */
	bool root, variants; /* some are for one kind of label only */
	const char *mounted[32];
	size_t mounts;
};

static void split(struct recipe *r)
{
	const char *s = r->a->value.s;
	size_t p = 0;

	r->v = pool_alloc(r->c->pool, (strlen(s) / 2 + 2) * sizeof(*r->v));
	while (p += strspn(s + p, " \t"), s[p]) {
		size_t n = strcspn(s + p, " \t");

		r->v[r->n++] = (struct word){ pool_strndup(r->c->pool, s + p, n),
			r->a->value.at + p, n };
		p += n;
	}
}

#define wrong(r, w, level, ...)                                                        \
	found((r)->c, (r)->a, (w)->at, (w)->len, level, R_RECIPE, __VA_ARGS__)

/* N, N% of memory or N+N%; -1 where that may be. In MB, -1 too; -2: none. */
static int64_t size_of(const struct recipe *r, const char *s, bool unlimited)
{
	uint64_t memory = r->c->memory / 1000000, n = 0, percent = 0;
	const char *p = s;

	if (unlimited && strcmp(s, "-1") == 0)
		return -1;
	if (!isdigit((unsigned char)*p))
		return -2;
	for (; isdigit((unsigned char)*p) && n < 1000000000000; p++)
		n = n * 10 + (unsigned)(*p - '0');
	if (*p == '%' && !p[1])
		return (int64_t)(memory * n / 100);
	if (*p == '+' && isdigit((unsigned char)p[1])) {
		for (p++; isdigit((unsigned char)*p) && percent < 1000000; p++)
			percent = percent * 10 + (unsigned)(*p - '0');
		return *p == '%' && !p[1] ? (int64_t)(n + memory * percent / 100) : -2;
	}
	return *p ? -2 : (int64_t)n;
}

static const char *nearest(const char *const *list, size_t n, const char *s)
{
	const char *best = NULL;
	unsigned least = 3;

	for (size_t i = 0; i < n; i++) {
		unsigned d = edit_distance(list[i], s);

		if (d < least && near_enough(s, d)) {
			least = d;
			best = list[i];
		}
	}
	return best;
}

static const char *const filesystems[] = { "btrfs", "ext2", "ext3", "ext4", "xfs",
	"jfs", "linux-swap", "fat16", "fat32", "hfs", "$default_filesystem", "free",
	"f2fs", "reiserfs", "raid", "lvm", "swap", "ntfs", "efi", "crypto" };
static const char *const methods[] = { "format", "swap", "keep", "lvm", "crypto",
	"raid", "efi", "biosgrub", "prep", "newworld", "dont_use", "f2fs" };
static const char *const keys[] = { "$primary", "$bootable", "$legacy_boot", "$lvmok",
	"$lvmignore", "$defaultignore", "$reusemethod", "$reuse", "$iflabel",
	"$default_filesystem", "method", "format", "use_filesystem", "filesystem",
	"mountpoint", "label", "lv_name", "in_vg", "vg_name", "device", "raidid",
	"reserved_for_root", "usage", "existing", "crypto_type", "cipher", "keysize",
	"keytype", "ivalgorithm", "keyhash", "skip_erase", "name", "gpt_type",
	"$autoraid", "$efi", "partition_name", "$mountpoint" };
#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static bool one_of(const char *const *list, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], s) == 0)
			return true;
	return false;
}

static void sizes(struct recipe *r, const struct word *v)
{
	int64_t min = size_of(r, v[0].s, false), max = size_of(r, v[2].s, true);

	if (min == -2)
		wrong(r, &v[0], LEVEL_ERROR,
			"%s is no smallest size in MB: partman takes one that no disk "
			"has",
			v[0].s);
	else
		r->least += (uint64_t)min;
	if (size_of(r, v[1].s, false) == -2)
		wrong(r, &v[1], LEVEL_ERROR, "%s is no priority: a number is wanted",
			v[1].s);
	if (max == -2)
		wrong(r, &v[2], LEVEL_ERROR, "%s is no largest size in MB, nor -1",
			v[2].s);
	else if (max >= 0 && min > max && !strchr(v[2].s, '%'))
		wrong(r, &v[2], LEVEL_WARNING,
			"the largest size %s is below the smallest, %s, which is taken",
			v[2].s, v[0].s);
	if (!one_of(filesystems, COUNT(filesystems), v[3].s)) {
		const char *near = nearest(filesystems, COUNT(filesystems), v[3].s);

		if (near || strchr(v[3].s, '{'))
			wrong(r, &v[3], LEVEL_ERROR, "%s is no filesystem%s%s%s",
				v[3].s, near ? "; did you mean " : "", near ? near : "",
				near ? "?" : "");
	}
}

static void mount(struct recipe *r, const struct word *w, const char *value)
{
	if (value[0] != '/') {
		wrong(r, w, LEVEL_ERROR, "%s is no mount point: it begins with /",
			*value ? value : "nothing");
		return;
	}
	if (strcmp(value, "/") == 0)
		r->root = true;
	for (size_t i = 0; !r->variants && i < r->mounts; i++)
		if (strcmp(r->mounted[i], value) == 0)
			wrong(r, w, LEVEL_ERROR, "%s is mounted twice", value);
	if (r->mounts < COUNT(r->mounted))
		r->mounted[r->mounts++] = value;
}

static void key(
	struct recipe *r, const struct word *w, const char *name, const char *value)
{
	const char *near;

	if (strcmp(name, "method") == 0) {
		near = nearest(methods, COUNT(methods), value);
		if (!one_of(methods, COUNT(methods), value))
			wrong(r, w, near || !*value ? LEVEL_ERROR : LEVEL_NOTE,
				"%s is no method%s%s%s", *value ? value : "nothing",
				near ? "; did you mean " : "", near ? near : "",
				near ? "?" : "");
	} else if (strcmp(name, "mountpoint") == 0) {
		mount(r, w, value);
	} else if (strcmp(name, "filesystem") == 0) {
		near = nearest(filesystems, COUNT(filesystems), value);
		if (!one_of(filesystems, COUNT(filesystems), value))
			wrong(r, w, near ? LEVEL_ERROR : LEVEL_NOTE,
				"%s is no filesystem%s%s%s", *value ? value : "nothing",
				near ? "; did you mean " : "", near ? near : "",
				near ? "?" : "");
	} else if (strncmp(name, "options/", 8) != 0 &&
		   !one_of(keys, COUNT(keys), name)) {
		near = nearest(keys, COUNT(keys), name);
		wrong(r, w, near ? LEVEL_ERROR : LEVEL_NOTE,
			"partman has no %s{ }%s%s%s", name,
			near ? "; did you mean " : "", near ? near : "",
			near ? "?" : "");
	}
}

/* The KEY{ VALUE } of a partition. */
static void specifiers(struct recipe *r, const struct word *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *brace = strchr(v[i].s, '{');
		const char *value = "";
		size_t from = i;

		if (!brace || brace[1]) {
			wrong(r, &v[i], LEVEL_ERROR,
				brace ? "%s: a blank is wanted after the {"
				      : "%s: KEY{ VALUE } or the partition's . is "
					"wanted here",
				v[i].s);
			while (brace && i + 1 < n && !strchr(v[i].s, '}'))
				i++;
			continue;
		}
		while (++i < n && strcmp(v[i].s, "}") != 0)
			value = *value ? pool_printf(r->c->pool, "%s %s", value, v[i].s)
				       : v[i].s;
		if (i == n) {
			wrong(r, &v[from], LEVEL_ERROR,
				"%s has no } of its own, with a blank before it",
				v[from].s);
			return;
		}
		key(r, &v[from],
			pool_strndup(r->c->pool, v[from].s, strlen(v[from].s) - 1),
			value);
	}
}

static void partition(struct recipe *r, const struct word *v, size_t n)
{
	if (n < 4) {
		wrong(r, &v[0], LEVEL_ERROR,
			"a partition wants MINIMUM PRIORITY MAXIMUM FILESYSTEM before "
			"all else");
		return;
	}
	r->partitions++;
	sizes(r, v);
	specifiers(r, v + 4, n - 4);
}

static void disk(struct recipe *r)
{
	const uint64_t least = r->least * 1000000;
	const struct word all = { r->a->value.s, r->a->value.at,
		strlen(r->a->value.s) };

	if (r->c->disk && least > r->c->disk && !r->variants)
		found(r->c, r->a, all.at, all.len, LEVEL_ERROR, R_DISK,
			"the partitions want %" PRIu64
			" MB at least, and the disk has %" PRIu64,
			r->least, r->c->disk / 1000000);
}

static void read_recipe(struct recipe *r)
{
	size_t from = 0, i;
	const struct word *v = r->v;

	for (i = 0; i < r->n; i++) {
		if (strcmp(v[i].s, ":") == 0 || strcmp(v[i].s, "::") == 0) {
			from = i + 1;
		} else if (strcmp(v[i].s, ".") == 0) {
			if (i > from)
				partition(r, v + from, i - from);
			else
				wrong(r, &v[i], LEVEL_WARNING,
					"a . where no partition ends");
			from = i + 1;
		} else if (v[i].len > 1 && strcmp(v[i].s + v[i].len - 2, "}.") == 0) {
			wrong(r, &v[i], LEVEL_ERROR,
				"a blank is wanted before the . that ends a partition");
			r->v[i].s = "}";
			partition(r, v + from, i + 1 - from);
			from = i + 1;
		}
	}
	if (from < i)
		wrong(r, &v[from], LEVEL_ERROR,
			"what begins here does not end with a . and is left out");
}

void check_recipe(struct check *c, const struct answer *a)
{
	struct recipe r = { .c = c, .a = a };
	size_t before = c->file->findings;

	if (strcmp(a->question.s, "partman-auto/expert_recipe") != 0 || !*a->value.s ||
		a->seen || placeholder(a->value.s))
		return;
	r.variants = strstr(a->value.s, "$iflabel{") != NULL;
	split(&r);
	read_recipe(&r);
	if (r.partitions && !r.root && c->file->findings == before)
		found(c, a, a->value.at, strlen(a->value.s), LEVEL_ERROR, R_RECIPE,
			"no partition is mounted at /");
	if (!r.partitions && c->file->findings == before)
		found(c, a, a->value.at, strlen(a->value.s), LEVEL_ERROR, R_RECIPE,
			"there is no partition in it");
	disk(&r);
}
