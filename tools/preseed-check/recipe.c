// SPDX-License-Identifier: MIT
/*
 * recipe.c - partman's recipes, by the grammar of partman-auto's decode_recipe and
 * setup_partition:
 *
 *	NAME : (or ::)   MIN PRIORITY MAX FILESYSTEM KEY{ VALUE } ... .   ...
 *
 * What they cannot read they do not complain of: they take something else for it.
 */
#include "recipe.h"
#include "names.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static const char blanks[] = " \t";

static void split(struct recipe *r)
{
	const char *s = r->a->value.s;
	size_t p = 0;

	r->w = pool_alloc(r->c->pool, (strlen(s) / 2 + 2) * sizeof(*r->w));
	while (p += strspn(s + p, blanks), s[p]) {
		size_t n = strcspn(s + p, blanks);

		r->w[r->words++] = (struct word){ pool_strndup(r->c->pool, s + p, n),
			r->a->value.at + p, n };
		p += n;
	}
	/* a backslash at the very end is not the recipe's: the reader has told */
	if (r->words && strcmp(r->w[r->words - 1].s, "\\") == 0)
		r->words--;
}

void recipe_mend(struct recipe *r, size_t at, size_t len, const char *with)
{
	if (r->tell)
		mend(r->c, r->a, at, len, with);
}

/* Percentages are of the memory, or of what partman-auto/cap-ram makes of it. */
static uint64_t memory(struct check *c)
{
	const char *cap = value_said(c, "partman-auto/cap-ram");
	uint64_t n = 0, all = c->memory / 1000000;

	for (; cap && isdigit((unsigned char)*cap) && n < 1000000000; cap++)
		n = n * 10 + (unsigned)(*cap - '0');
	return cap && !*cap && n && n < all ? n : all;
}

/* N, N% of memory or N+N%; -1 where that may be. In MB, -1 too; -2: none. */
static int64_t size_of(const struct recipe *r, const char *s, bool unlimited)
{
	uint64_t n = 0, percent = 0;
	const char *p = s;

	if (unlimited && strcmp(s, "-1") == 0)
		return -1;
	if (!isdigit((unsigned char)*p))
		return -2;
	for (; isdigit((unsigned char)*p) && n < 1000000000000; p++)
		n = n * 10 + (unsigned)(*p - '0');
	if (*p == '%' && !p[1])
		return (int64_t)(r->memory * n / 100);
	if (*p == '+' && isdigit((unsigned char)p[1])) {
		for (p++; isdigit((unsigned char)*p) && percent < 1000000; p++)
			percent = percent * 10 + (unsigned)(*p - '0');
		return *p == '%' && !p[1] ? (int64_t)(n + r->memory * percent / 100)
					  : -2;
	}
	return *p ? -2 : (int64_t)n;
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
	"$autoraid", "$efi", "partition_name" };
#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static const char *meant(const struct recipe *r, const char *near)
{
	return near ? pool_printf(r->c->pool, "; did you mean %s?", near) : "";
}

static void sizes(struct recipe *r, struct partition *p)
{
	const struct word *v = p->v;
	int64_t min = size_of(r, v[0].s, false), max = size_of(r, v[2].s, true);

	if (min == -2)
		wrong(r, &v[0], LEVEL_ERROR,
			"%s is no smallest size in MB: partman takes one that no disk "
			"has",
			v[0].s);
	else
		p->least = (uint64_t)min;
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
		const char *near =
			nearest_of(filesystems, COUNT(filesystems), v[3].s);

		if (near || strchr(v[3].s, '{'))
			wrong(r, &v[3], LEVEL_ERROR, "%s is no filesystem%s", v[3].s,
				meant(r, near));
	}
}

static void unknown_key(
	struct recipe *r, struct partition *p, const struct word *w, const char *name)
{
	const char *near = nearest_of(keys, COUNT(keys), name);

	/* with or without the $, partman finds these */
	if (near && near[0] == '$' && strcmp(near + 1, name) == 0 &&
		(strstr(name, "lvmok") || strstr(name, "ignore"))) {
		wrong(r, w, LEVEL_WARNING,
			"%s{ } is written %s{ }; it works, because partman looks for "
			"the word anywhere",
			name, near);
		recipe_mend(r, w->at, 0, "$");
		return;
	}
	wrong(r, w, near ? LEVEL_ERROR : LEVEL_NOTE, "partman has no %s{ }%s", name,
		meant(r, near));
	p->faulty |= near != NULL;
}

/* As an example: the value if it will do. */
static const char *one_word(const char *value)
{
	return *value && !strpbrk(value, " ,") ? value : "noatime";
}

/* LVM's own rule for a name. partman takes a name of several words for none. */
static void volume_name(
	struct recipe *r, const struct word *w, const char *name, const char *value)
{
	size_t n = strspn(value, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_.-");

	if (placeholder(value) || (!value[n] && value[0] != '-'))
		return;
	wrong(r, w, LEVEL_ERROR,
		"%s{ %s }: LVM takes no such name: letters, digits and +_.- only, no - "
		"first",
		name, value);
}

static void key(struct recipe *r, struct partition *p, const struct word *w,
	const char *name, const char *value)
{
	const char **to = strcmp(name, "label") == 0	  ? &p->label
			  : strcmp(name, "in_vg") == 0	  ? &p->in_vg
			  : strcmp(name, "vg_name") == 0  ? &p->vg_name
			  : strcmp(name, "lv_name") == 0  ? &p->lv_name
			  : strcmp(name, "device") == 0	  ? &p->device
			  : strcmp(name, "$iflabel") == 0 ? &p->iflabel
							  : NULL;

	if (strcmp(name, "method") == 0) {
		const char *near = nearest_of(methods, COUNT(methods), value);

		if (strstr(value, "swap"))
			near = "swap";
		p->method = value;
		p->at_method = w;
		if (one_of(methods, COUNT(methods), value))
			return;
		wrong(r, w, near || !*value ? LEVEL_ERROR : LEVEL_WARNING,
			"%s is no method%s", *value ? value : "nothing",
			meant(r, near));
		p->faulty = true;
	} else if (strcmp(name, "mountpoint") == 0) {
		p->mountpoint = value;
		p->at_mountpoint = w;
	} else if (strcmp(name, "filesystem") == 0) {
		p->filesystem = value;
		p->at_filesystem = w;
	} else if (strcmp(name, "$default_filesystem") == 0) {
		/* what is wrong with that answer is said there */
		p->filesystem = "ext4";
		p->at_filesystem = w;
	} else if (strcmp(name, "format") == 0) {
		p->format = true;
	} else if (strcmp(name, "use_filesystem") == 0) {
		p->use = true;
	} else if (strcmp(name, "options") == 0) {
		wrong(r, w, LEVEL_ERROR,
			"options{ %s } sets no mount option: that is written "
			"options/%s{ %s }",
			value, one_word(value), one_word(value));
	} else if (to) {
		*to = value;
		if (to == &p->lv_name || to == &p->in_vg || to == &p->vg_name)
			volume_name(r, w, name, value);
	} else if (strncmp(name, "options/", 8) != 0 &&
		   !one_of(keys, COUNT(keys), name)) {
		unknown_key(r, p, w, name);
	}
}

/* Flags that partman looks for without taking the words apart. */
static bool looked_for(const char *s)
{
	return strstr(s, "lvmok") || strstr(s, "lvmignore") ||
	       strstr(s, "defaultignore") || strncmp(s, "$primary{", 9) == 0 ||
	       strncmp(s, "$reusemethod{", 13) == 0 || strncmp(s, "in_vg{", 6) == 0 ||
	       strncmp(s, "vg_name{", 8) == 0;
}

/*
 * KEY{VALUE} in one word, which is lost unless partman looks for it in another way.
 * What is behind the } in the same word is left in w.
 */
static void glued(struct recipe *r, struct partition *p, struct word *w)
{
	const char *brace = strchr(w->s, '{'), *end = strchr(brace, '}'), *value;
	bool works = looked_for(w->s) && end && !end[1];
	size_t name = (size_t)(brace - w->s) + 1, all;

	if (works)
		wrong(r, w, LEVEL_WARNING,
			"%s: a blank is wanted after the {; it works, because partman "
			"looks for this one anywhere",
			w->s);
	else
		wrong(r, w, LEVEL_ERROR, "%s: a blank is wanted after the {", w->s);
	p->faulty |= !works;
	if (!end)
		return;
	value = pool_strndup(r->c->pool, brace + 1, (size_t)(end - brace - 1));
	all = (size_t)(end - w->s) + 1;
	recipe_mend(r, w->at, all,
		pool_printf(r->c->pool, "%.*s %s%s}%s", (int)name, w->s, value,
			*value ? " " : "", end[1] ? " " : ""));
	if (works && strncmp(w->s, "in_vg{", 6) == 0)
		p->in_vg = value;
	if (works && strncmp(w->s, "vg_name{", 8) == 0)
		p->vg_name = value;
	*w = (struct word){ w->s + all, w->at + all, w->len - all };
}

static bool number(const char *s)
{
	return *s && s[strspn(s, "0123456789%+-")] == '\0';
}

/* Words from i on that belong to no key; the last of them. */
static size_t loose(struct recipe *r, struct partition *p, size_t i)
{
	struct word *v = (struct word *)p->v;
	size_t last = i, end;

	if (strchr(v[i].s, '{') && v[i].s[0] != '{') {
		bool whole = strchr(strchr(v[i].s, '{'), '}') != NULL;

		glued(r, p, &v[i]);
		if (whole)
			return *v[i].s ? i - 1 : i;
		while (i + 1 < p->n && !strchr(v[i].s, '}'))
			i++;
		return i;
	}
	if (strcmp(v[i].s, "}") == 0) {
		wrong(r, &v[i], LEVEL_ERROR, "a } that ends no KEY{");
		p->faulty = true;
		return i;
	}
	if (looked_for(v[i].s) && (i + 1 == p->n || v[i + 1].s[0] != '{')) {
		wrong(r, &v[i], LEVEL_WARNING,
			"%s is written %s%s{ }; it works, because partman looks for "
			"the word anywhere",
			v[i].s, v[i].s[0] == '$' ? "" : "$", v[i].s);
		return i;
	}
	if (i + 1 < p->n && v[i + 1].s[0] == '{') {
		wrong(r, &v[i], LEVEL_ERROR, "%s {: no blank belongs before the {",
			v[i].s);
		end = v[i].at + v[i].len;
		recipe_mend(r, end, v[i + 1].at - end, "");
		p->faulty = true;
		while (++i < p->n && strcmp(v[i].s, "}") != 0)
			;
		return i < p->n ? i : p->n - 1;
	}
	while (last + 1 < p->n && !strpbrk(v[last + 1].s, "{}"))
		last++;
	if (last >= i + 2 && number(v[i].s) && number(v[i + 1].s) && number(v[i + 2].s))
		wrong(r, &v[i], LEVEL_ERROR,
			"%s %s %s: the partition before it has no . at its end, and "
			"this one is lost",
			v[i].s, v[i + 1].s, v[i + 2].s);
	else
		wrong(r, &v[i], LEVEL_ERROR,
			"%s: KEY{ VALUE } or the partition's . is wanted here", v[i].s);
	p->faulty = true;
	return last;
}

/* What partman takes from words from..to on, up to a } that stands alone. */
static const char *taken(struct recipe *r, const struct partition *p, size_t from)
{
	const char *s = p->v[from].s + 1;

	for (size_t i = from + 1; i < p->n && strcmp(p->v[i].s, "}") != 0; i++)
		s = pool_printf(r->c->pool, "%s %s", s, p->v[i].s);
	return pool_printf(r->c->pool, "%s }", s);
}

/* The value that begins after word i; the index of what ends it. */
static size_t value_of(struct recipe *r, struct partition *p, size_t i,
	const char *name, const char **value)
{
	struct word *v = (struct word *)p->v;
	size_t from = i;

	for (*value = ""; ++i < p->n && strcmp(v[i].s, "}") != 0;) {
		if (v[i].s[0] == '}' && !v[i].s[1 + strspn(v[i].s + 1, ",;")]) {
			wrong(r, &v[i], LEVEL_ERROR,
				"%s: a } stands alone: what follows it is taken for "
				"the "
				"value of %s",
				v[i].s, name);
			recipe_mend(r, v[i].at + 1, v[i].len - 1, "");
			p->faulty = true;
			return i;
		}
		if (v[i].s[0] == '}') {
			wrong(r, &v[i], LEVEL_ERROR,
				"a blank is wanted after the }: %s is taken for the "
				"value of %s",
				taken(r, p, i), name);
			recipe_mend(r, v[i].at + 1, 0, " ");
			p->faulty = true;
			v[i] = (struct word){ v[i].s + 1, v[i].at + 1, v[i].len - 1 };
			return i - 1;
		}
		if (v[i].len > 1 && v[i].s[v[i].len - 1] == '{') {
			wrong(r, &v[from], LEVEL_ERROR,
				"%s has no } of its own: %s is taken for its value",
				v[from].s, v[i].s);
			p->faulty = true;
			return i - 1;
		}
		if (v[i].len > 1 && v[i].s[v[i].len - 1] == '}' &&
			!strchr(v[i].s, '{')) {
			wrong(r, &v[i], LEVEL_ERROR,
				"%s: a blank is wanted before the }, which ends "
				"nothing "
				"else",
				v[i].s);
			recipe_mend(r, v[i].at + v[i].len - 1, 0, " ");
			p->faulty = true;
			*value = pool_strndup(r->c->pool, v[i].s, v[i].len - 1);
			return i;
		}
		*value = **value ? pool_printf(r->c->pool, "%s %s", *value, v[i].s)
				 : v[i].s;
	}
	if (i == p->n) {
		wrong(r, &v[from], LEVEL_ERROR,
			"%s has no } of its own, with a blank before it", v[from].s);
		p->faulty = true;
	}
	return i;
}

/* The KEY{ VALUE } of a partition. */
static void specifiers(struct recipe *r, struct partition *p)
{
	for (size_t i = 4; i < p->n; i++) {
		const struct word *w = &p->v[i];
		const char *brace = strchr(w->s, '{'), *value, *name;

		if (!brace || brace[1] || brace == w->s) {
			i = loose(r, p, i);
			continue;
		}
		name = pool_strndup(r->c->pool, w->s, w->len - 1);
		i = value_of(r, p, i, name, &value);
		key(r, p, w, name, value);
	}
}

static bool anywhere(const struct partition *p, const char *what)
{
	for (size_t i = 4; i < p->n; i++)
		if (strstr(p->v[i].s, what))
			return true;
	return false;
}

/* A recipe's name before its first partition, which lacks its : */
static bool name(struct recipe *r, const struct word *v, size_t n)
{
	if (r->named || r->n || n < 5 || number(v[0].s) || !number(v[1].s) ||
		!number(v[2].s) || !number(v[3].s))
		return false;
	wrong(r, &v[0], LEVEL_ERROR,
		"after the recipe's name, %s, a :: or : is wanted, with a blank before "
		"it: "
		"partman takes the name for a size that no disk has",
		v[0].s);
	return true;
}

static void partition(struct recipe *r, const struct word *v, size_t n)
{
	struct partition *p = &r->v[r->n];
	bool called = name(r, v, n);

	v += called;
	n -= called;

	if (n < 4) {
		wrong(r, &v[0], LEVEL_ERROR,
			"a partition wants MINIMUM PRIORITY MAXIMUM FILESYSTEM before "
			"all else");
		return;
	}
	*p = (struct partition){ .v = v, .n = n };
	r->n++;
	p->lvmok = anywhere(p, "lvmok");
	p->lvmignore = anywhere(p, "lvmignore");
	p->defaultignore = anywhere(p, "defaultignore");
	sizes(r, p);
	specifiers(r, p);
}

static void read_recipe(struct recipe *r)
{
	size_t from = 0, i;
	struct word *v = r->w;

	for (i = 0; i < r->words; i++) {
		if (strcmp(v[i].s, ":") == 0 || strcmp(v[i].s, "::") == 0) {
			from = i + 1;
			r->named = true;
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
			recipe_mend(r, v[i].at + v[i].len - 1, 0, " ");
			v[i].s = pool_strndup(r->c->pool, v[i].s, v[i].len - 1);
			v[i].len--;
			partition(r, v + from, i + 1 - from);
			from = i + 1;
		}
	}
	/* where the reader has cut it short, that is what is wrong */
	if (from < i && r->a->value.s[strlen(r->a->value.s) - 1] != '\\')
		wrong(r, &v[from], LEVEL_ERROR,
			"what begins here does not end with a . and is left out");
	else if (from < i)
		r->faults++;
}

void recipe_read(struct recipe *r, struct check *c, const struct answer *a, bool tell)
{
	*r = (struct recipe){ .c = c, .a = a, .tell = tell, .memory = memory(c) };
	split(r);
	r->v = pool_alloc(c->pool, (r->words / 2 + 1) * sizeof(*r->v));
	read_recipe(r);
}

void check_recipe(struct check *c, const struct answer *a)
{
	struct recipe r;

	if (strcmp(a->question.s, "partman-auto/expert_recipe") != 0 || !*a->value.s ||
		a->seen || placeholder(a->value.s))
		return;
	recipe_read(&r, c, a, true);
	for (size_t i = 0; i < r.n; i++)
		partition_check(&r, &r.v[i]);
	if (!r.n && !r.faults)
		found(c, a, a->value.at, strlen(a->value.s), LEVEL_ERROR, R_RECIPE,
			"there is no partition in it");
}
