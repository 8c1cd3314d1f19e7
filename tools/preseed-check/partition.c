// SPDX-License-Identifier: MIT
/*
 * partition.c - whether the keys of a partition make it what it seems to be.
 *
 * partman formats and mounts what has a method, use_filesystem and a filesystem that
 * it knows; format says that one is to be made. A partition that lacks one of them
 * is made and left as it is, without a word.
 */
#include "names.h"
#include "recipe.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

bool partman_filesystem(const struct check *c, const char *name)
{
	static const char *const list[] = { "ext2", "ext3", "ext4", "btrfs", "xfs",
		"jfs", "fat16", "fat32", "ntfs" };
	char *q;

	if (one_of(list, COUNT(list), name))
		return true;
	if (strcmp(name, "linux-swap") == 0 || strcmp(name, "efi") == 0)
		return false;
	q = pool_printf(c->pool, "partman/filesystem_short/%s", name);
	return qindex_find(c->index, q) != NULL;
}

bool partition_acts(const struct check *c, const struct partition *p)
{
	return p->method && p->use && p->filesystem &&
	       partman_filesystem(c, p->filesystem);
}

/* A filesystem{ } that there is none of. */
static void filesystem(struct recipe *r, const struct partition *p)
{
	static const struct {
		const char *name, *right;
	} known[] = { { "vfat", "fat32" }, { "fat", "fat32" }, { "msdos", "fat16" },
		{ "ext", "ext4" }, { "swap", "method{ swap }" },
		{ "linux-swap", "method{ swap }" },
		{ "$default_filesystem", "$default_filesystem{ }" } };
	static const char *const list[] = { "ext4", "ext3", "ext2", "btrfs", "xfs",
		"jfs", "fat16", "fat32" };
	const char *fs = p->filesystem, *near = NULL;
	bool sure;

	if (!fs || partman_filesystem(r->c, fs))
		return;
	/* where nothing is made of it, it may be called anything */
	if (p->method && !is_name(p->method, "format") && !is_name(p->method, "keep"))
		return;
	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(known[i].name, fs) == 0)
			near = known[i].right;
	if (!near && strcmp(fs, "zfs") != 0)
		near = nearest_of(list, COUNT(list), fs);
	sure = near || !*fs || strcmp(fs, "zfs") == 0 ||
	       (qindex_find(r->c->index, "partman/filesystem_short/ext4") &&
		       !r->c->index->unseens);
	wrong(r, p->at_filesystem, sure ? LEVEL_ERROR : LEVEL_WARNING,
		"%s is no filesystem of partman's: the partition is neither formatted "
		"nor "
		"mounted%s%s%s",
		*fs ? fs : "nothing", near ? "; did you mean " : "", near ? near : "",
		near ? "?" : "");
}

/* Words "a", "a and b" or "a, b and c" of those that are missing. */
static const char *missing(struct recipe *r, const struct partition *p)
{
	const char *v[3], *s;
	size_t n = 0;

	if (is_name(p->method, "format") && !p->format)
		v[n++] = "format{ }";
	if (!p->use)
		v[n++] = "use_filesystem{ }";
	if (!p->filesystem)
		v[n++] = "filesystem{ }";
	if (n == 0)
		return NULL;
	s = v[0];
	for (size_t i = 1; i < n; i++)
		s = pool_printf(
			r->c->pool, "%s%s%s", s, i + 1 < n ? ", " : " and ", v[i]);
	return s;
}

/* method{ format }, and method{ keep } of what is mounted. */
static void mounted(struct recipe *r, const struct partition *p)
{
	const char *lacks = missing(r, p);
	/* room that is kept free so, by people who know */
	bool meant = !p->mountpoint && !p->use && !p->filesystem && !p->format;

	if (!lacks || (is_name(p->method, "keep") && !p->mountpoint))
		return;
	wrong(r, p->at_method, meant ? LEVEL_NOTE : LEVEL_ERROR,
		"method{ %s } without %s: the partition is %s", p->method, lacks,
		p->use && p->filesystem ? "never formatted"
					: "neither formatted nor mounted");
}

/* Of what holds something else than a filesystem; NULL. */
static const char *held(const struct partition *p)
{
	static const struct {
		const char *method, *what;
	} list[] = { { "raid", "a member of an array" },
		{ "lvm", "a physical volume of LVM" },
		{ "crypto", "an encrypted volume" }, { "swap", "swap space" },
		{ "biosgrub", "a BIOS boot partition" } };

	for (size_t i = 0; i < COUNT(list); i++)
		if (is_name(p->method, list[i].method))
			return list[i].what;
	return NULL;
}

static void mountpoint(struct recipe *r, const struct partition *p)
{
	if (p->mountpoint && p->mountpoint[0] != '/' && !held(p))
		wrong(r, p->at_mountpoint, LEVEL_ERROR,
			"%s is no mount point: it begins with /",
			*p->mountpoint ? p->mountpoint : "nothing");
}

static void member(struct recipe *r, const struct partition *p)
{
	const char *what = held(p);

	if (!what)
		return;
	if (partition_acts(r->c, p))
		wrong(r, p->at_filesystem, LEVEL_ERROR,
			"%s has no filesystem of its own: use_filesystem{ } and "
			"filesystem{ "
			"%s } do not belong here",
			what, p->filesystem);
	else if (p->mountpoint)
		wrong(r, p->at_mountpoint,
			is_name(p->method, "swap") ? LEVEL_WARNING : LEVEL_ERROR,
			"%s is not mounted: mountpoint{ %s } does nothing here", what,
			p->mountpoint);
	if (is_name(p->method, "swap") && !p->format)
		wrong(r, p->at_method, LEVEL_ERROR,
			"method{ swap } without format{ }: no swap space is made on "
			"it");
	if (is_name(p->method, "lvm") && p->lvmok)
		wrong(r, p->at_method, LEVEL_ERROR,
			"%s with $lvmok{ }, which makes it a logical volume itself",
			what);
}

static void efi(struct recipe *r, const struct partition *p)
{
	if (is_name(p->method, "efi") && !p->format)
		wrong(r, p->at_method, LEVEL_ERROR,
			"method{ efi } without format{ }: no filesystem is made on it");
	if (is_name(p->method, "efi") && partition_acts(r->c, p) &&
		is_name(p->mountpoint, "/boot/efi"))
		wrong(r, p->at_filesystem, LEVEL_ERROR,
			"method{ efi } alone mounts it at /boot/efi: with "
			"use_filesystem{ } "
			"and filesystem{ %s } that is twice, and partman refuses it",
			p->filesystem);
	if (!is_name(p->method, "efi") && is_name(p->mountpoint, "/boot/efi") &&
		partition_acts(r->c, p))
		wrong(r, p->at_method, LEVEL_WARNING,
			"method{ %s } at /boot/efi makes no EFI system partition: "
			"method{ "
			"efi } does",
			p->method);
}

/* Where partman wants no filesystem, or not this one. */
static void place(struct recipe *r, const struct partition *p)
{
	static const char *const of_root[] = { "/bin", "/dev", "/etc", "/lib", "/lib32",
		"/lib64", "/media", "/sbin" };
	static const char *const posix[] = { "/", "/boot", "/home", "/opt", "/srv",
		"/tmp", "/usr", "/usr/local", "/var" };

	if (!p->mountpoint || !partition_acts(r->c, p))
		return;
	if (one_of(of_root, COUNT(of_root), p->mountpoint))
		wrong(r, p->at_mountpoint, LEVEL_ERROR,
			"%s must be on the filesystem of /: partman refuses it",
			p->mountpoint);
	if ((strncmp(p->filesystem, "fat", 3) == 0 || is_name(p->filesystem, "ntfs")) &&
		one_of(posix, COUNT(posix), p->mountpoint))
		wrong(r, p->at_filesystem, LEVEL_ERROR, "%s cannot be mounted at %s",
			p->filesystem, p->mountpoint);
}

void partition_check(struct recipe *r, const struct partition *p)
{
	mountpoint(r, p);
	if (p->faulty)
		return;
	if (!p->method && (p->use || p->filesystem || p->format || p->mountpoint)) {
		wrong(r, &p->v[0], LEVEL_ERROR,
			"no method{ } in this partition%s%s: it is made, and nothing "
			"is "
			"done with it",
			p->mountpoint ? " for " : "",
			p->mountpoint ? p->mountpoint : "");
		return;
	}
	filesystem(r, p);
	if (is_name(p->method, "format") || is_name(p->method, "keep"))
		mounted(r, p);
	member(r, p);
	efi(r, p);
	place(r, p);
}
