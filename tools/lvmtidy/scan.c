#include "scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

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

static void look_at(int dir, const char *name, struct tally *t)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (!t->looked_at || st.st_mtime < t->oldest)
		t->oldest = st.st_mtime;
	if (!t->looked_at || st.st_mtime > t->newest)
		t->newest = st.st_mtime;
	t->bytes += (uint64_t)st.st_size;
	t->looked_at++;
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
		look_at(s->dir, e->name, t);
	if (kind == KIND_ARCHIVE) {
		struct group *vg = groups_get(&s->groups, n.owner, n.owner_len);

		if (!vg)
			return -ENOMEM;
		return group_add(&s->groups, vg, n.index);
	}
	return 0;
}

int scan(struct scan *s, int dir, const char *former_host, uint32_t keep,
	uint64_t sample)
{
	struct stat st;
	int r;

	*s = (struct scan){
		.dir = dir, .listing.fd = dir, .groups.keep = keep, .sample = sample
	};
	if (fstat(dir, &st) < 0)
		return -errno;
	s->dir_bytes = (uint64_t)st.st_size;
	if ((r = owners_start(&s->owners, former_host, true)) < 0)
		return r;
	return dir_each(&s->listing, false, count, s);
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
