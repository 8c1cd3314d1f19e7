// SPDX-License-Identifier: MIT
#include "scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { ENDS = 4 }; /* groups whose oldest and newest are looked at */

const char *const kind_names[KINDS] = { "archive", "temp_stale", "temp_busy",
	"temp_elsewhere", "foreign" };

static bool regular(int dir, const struct entry *e)
{
	struct stat st;

	if (e->type != DT_UNKNOWN)
		return e->type == DT_REG;
	return fstatat(dir, e->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode);
}

enum kind scan_kind(struct scan *s, const struct entry *e, struct name *n)
{
	name_parse(e->name, n);
	if (n->kind == NAME_FOREIGN || !regular(s->dir, e))
		return KIND_FOREIGN;
	if (n->kind == NAME_ARCHIVE)
		return KIND_ARCHIVE;
	switch (owner_of(&s->owners, n)) {
	case OWNER_DEAD:
		return KIND_STALE;
	case OWNER_ALIVE:
		return KIND_BUSY;
	default:
		return KIND_ELSEWHERE;
	}
}

/* Its size, or -1. */
static int64_t look_at(int dir, const char *name, struct tally *t)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (!t->looked_at || st.st_mtime < t->oldest)
		t->oldest = st.st_mtime;
	if (!t->looked_at || st.st_mtime > t->newest)
		t->newest = st.st_mtime;
	return st.st_size;
}

static void sample(int dir, const char *name, struct tally *t)
{
	int64_t size = look_at(dir, name, t);

	if (size >= 0) {
		t->bytes += (uint64_t)size;
		t->looked_at++;
	}
}

/* A sample misses the oldest and the newest; these LVM has numbered. */
static void look_at_ends(struct scan *s)
{
	struct tally *t = &s->kinds[KIND_ARCHIVE];
	char name[NAME_MAX + 1];

	for (size_t i = 0; i < s->groups.n && i < ENDS; i++) {
		const struct group *vg = &s->groups.list[i];

		name_archive(name, vg->name, vg->lowest, vg->lowest_random);
		look_at(s->dir, name, t);
		name_archive(name, vg->name, vg->highest, vg->highest_random);
		look_at(s->dir, name, t);
	}
}

static int add_archive(struct groups *g, const struct name *n)
{
	struct group *vg = groups_get(g, n->owner, n->owner_len);
	int r = vg ? group_add(g, vg, n->index) : -ENOMEM;

	if (r == 0 && n->index == vg->lowest)
		vg->lowest_random = n->random;
	if (r == 0 && n->index == vg->highest)
		vg->highest_random = n->random;
	return r;
}

static int count(void *ctx, const struct entry *e)
{
	struct scan *s = ctx;
	struct name n;
	enum kind kind = scan_kind(s, e, &n);
	struct tally *t = &s->kinds[kind];

	s->entries++;
	t->files++;
	if (t->looked_at < s->sample)
		sample(s->dir, e->name, t);
	return kind == KIND_ARCHIVE ? add_archive(&s->groups, &n) : 0;
}

int scan(struct scan *s, int dir, const char *former_host, uint32_t keep,
	uint64_t sample)
{
	struct stat st;
	int r;

	*s = (struct scan){ .dir = dir,
		.listing.fd = dir,
		.listing.keep = keep > 0,
		.groups.keep = keep,
		.sample = sample };
	if (fstat(dir, &st) < 0)
		return -errno;
	s->dir_bytes = (uint64_t)st.st_size;
	if ((r = owners_start(&s->owners, former_host, true)) < 0)
		return r;
	r = dir_each(&s->listing, false, count, s);
	if (r == 0 && s->kinds[KIND_ARCHIVE].looked_at)
		look_at_ends(s);
	return r;
}

void cleanup_scan(struct scan *s)
{
	cleanup_listing(&s->listing);
	cleanup_groups(&s->groups);
	cleanup_owners(&s->owners);
}

uint64_t scan_surplus(const struct scan *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->groups.n; i++)
		if (s->groups.list[i].files > s->groups.keep)
			n += s->groups.list[i].files - s->groups.keep;
	return n;
}
