// SPDX-License-Identifier: MIT
#include "prune.h"
#include "cleanup.h"
#include "clock.h"
#include "diag.h"
#include "lvmlock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

enum {
	GROUPS_AT_ONCE = 256, /* a lock is an open file */
	HOLD_MS = 200,	      /* so long a waiting command of LVM may wait */
	LOOK_EVERY = 64,      /* files between two looks at the clock */
	COMPLAINTS = 10,
};

struct work {
	struct prune *p;
	struct scan *s;
	struct lvmlock lock;
	size_t first, end; /* the groups whose turn it is */
	time_t young;	   /* what changed after this stays */
	int64_t held_since;
	uint64_t steps;
	bool terminal;
};

/* --- age: the lowest index of each group that is too young --- */

/* What is gone is no longer young; what cannot be looked at might be. */
static bool is_young(const struct work *w, const char *name)
{
	struct stat st;

	if (fstatat(w->s->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno != ENOENT;
	return st.st_mtime > w->young;
}

static int find_young(void *ctx, const struct entry *e)
{
	struct work *w = ctx;
	struct group *vg;
	struct name n;

	if (*w->p->stop)
		return -EINTR;
	name_parse(e->name, &n);
	if (n.kind != NAME_ARCHIVE || scan_kind(w->s, e, &n) != KIND_ARCHIVE)
		return 0;
	if (!(vg = groups_get(&w->s->groups, n.owner, n.owner_len)))
		return -ENOMEM;
	if (n.index < group_limit(&w->s->groups, vg) && is_young(w, e->name))
		vg->young = n.index;
	return 0;
}

/* Where the oldest is too young already, the others need no look. */
static int find_limits(struct work *w)
{
	struct groups *g = &w->s->groups;
	char name[NAME_MAX + 1];
	bool old = false;

	for (size_t i = 0; i < g->n; i++) {
		struct group *vg = &g->list[i];

		name_archive(name, vg->name, vg->lowest, vg->lowest_random);
		if (vg->lowest >= group_floor(g, vg))
			continue;
		if (is_young(w, name))
			vg->young = vg->lowest;
		else
			old = true;
	}
	return old ? dir_each(&w->s->listing, true, find_young, w) : 0;
}

/* --- removal --- */

static void progress(const struct work *w)
{
	if (w->terminal)
		fprintf(stderr, "\rlvmtidy: %" PRIu64 " of %" PRIu64 " files removed",
			w->p->archives + w->p->temps, w->s->entries);
}

/* Now and then LVM is let in: what stays is settled, so nothing changes for us. */
static int breathe(struct work *w)
{
	const struct timespec pause = { 0, 1000000 };

	if (*w->p->stop)
		return -EINTR;
	if (++w->steps % LOOK_EVERY ||
		clock_ns() - w->held_since < HOLD_MS * INT64_C(1000000))
		return 0;
	progress(w);
	if (w->lock.n) {
		lvmlock_drop(&w->lock);
		nanosleep(&pause, NULL);
	}
	w->held_since = clock_ns();
	return lvmlock_take(&w->lock, w->p->wait_ms, w->p->stop);
}

static int remove_one(struct work *w, const char *name, uint64_t *count)
{
	struct prune *p = w->p;

	if (p->dry) {
		fprintf(p->dry, "%s/", p->path);
		fput_visible(name, p->dry);
		fputc('\n', p->dry);
	} else if (unlinkat(w->s->dir, name, 0) < 0 && errno != ENOENT) {
		if (p->failed++ < COMPLAINTS)
			diag_errno(errno, "%s/%s: remove", p->path, name);
		return 0;
	}
	++*count;
	return p->dry ? 0 : breathe(w);
}

static int remove_old(void *ctx, const struct entry *e)
{
	struct work *w = ctx;
	struct group *vg;
	struct name n;
	enum kind kind = scan_kind(w->s, e, &n);

	if (*w->p->stop)
		return -EINTR;
	if (kind == KIND_STALE && w->first == 0 && !owner_has_lock(w->s->dir, e->name))
		return remove_one(w, e->name, &w->p->temps);
	if (kind != KIND_ARCHIVE)
		return 0;
	if (!(vg = groups_get(&w->s->groups, n.owner, n.owner_len)))
		return -ENOMEM;
	if ((size_t)(vg - w->s->groups.list) < w->first ||
		(size_t)(vg - w->s->groups.list) >= w->end ||
		n.index >= group_limit(&w->s->groups, vg))
		return 0;
	return remove_one(w, e->name, &w->p->archives);
}

static bool has_old(const struct scan *s, const struct group *vg)
{
	return vg->lowest < group_limit(&s->groups, vg);
}

/* The next groups that lose something, as many as locks are taken at once. */
static int choose(struct work *w)
{
	int r;

	lvmlock_clear(&w->lock);
	if ((r = lvmlock_add(&w->lock, "P_", "global")) < 0)
		return r;
	for (size_t n = 0; w->end < w->s->groups.n && n < GROUPS_AT_ONCE; w->end++) {
		const struct group *vg = &w->s->groups.list[w->end];

		if (!has_old(w->s, vg))
			continue;
		if ((r = lvmlock_add(&w->lock, "V_", vg->name)) < 0)
			return r;
		n++;
	}
	return 0;
}

static bool nothing_to_do(const struct scan *s)
{
	for (size_t i = 0; i < s->groups.n; i++)
		if (has_old(s, &s->groups.list[i]))
			return false;
	return s->kinds[KIND_STALE].files == 0;
}

static int remove_all(struct work *w)
{
	size_t groups = w->s->groups.n;
	int r;

	do {
		w->first = w->end;
		if ((r = choose(w)) < 0 ||
			(r = lvmlock_take(&w->lock, w->p->wait_ms, w->p->stop)) < 0)
			return r;
		w->held_since = clock_ns();
		r = dir_each(&w->s->listing, !w->p->dry, remove_old, w);
		lvmlock_drop(&w->lock);
	} while (r == 0 && w->end < groups);
	return r;
}

int prune(struct prune *p, struct scan *s)
{
	struct work w = { .p = p,
		.s = s,
		.young = time(NULL) - p->older_than,
		.terminal = isatty(STDERR_FILENO) };
	int r;

	/* From here on each process is asked for anew. */
	cleanup_owners(&s->owners);
	if (p->older_than > 0 && (r = find_limits(&w)) < 0)
		return r;
	if (nothing_to_do(s))
		return 0;
	r = lvmlock_start(&w.lock, p->dry ? NULL : p->lock_dir, GROUPS_AT_ONCE + 1);
	if (r == 0)
		r = remove_all(&w);
	cleanup_lvmlock(&w.lock);
	if (w.terminal && !p->dry)
		fputs("\r\033[K", stderr);
	return r;
}
