// SPDX-License-Identifier: MIT
/* Room in the store: what is left over goes, and what was not used longest. */
#include "store.h"
#include "cleanup.h"
#include "place.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

struct file {
	char place[PLACE_SIZE];
	struct timespec used;
	uint64_t size;
};

struct files {
	struct file *v;
	size_t n, room;
	uint64_t total;
};

static void cleanup_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

static DIR *list(int at, const char *path)
{
	const int fd =
		openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !d)
		close(fd);
	return d;
}

static bool is_key(const char *name)
{
	return strspn(name, "0123456789abcdef") == 64;
}

/* Removes what nobody holds, to fill it or to read it. */
static bool remove_idle(int at, const char *path)
{
	_cleanup_close_ int fd =
		openat(at, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	return fd >= 0 && place_lock(fd, F_WRLCK, 0, 2) && place_is(at, path, fd) &&
	       unlinkat(at, path, 0) == 0;
}

static void sweep_parts(const struct store *s)
{
	_cleanup_(cleanup_dir) DIR *d = list(s->parts, ".");
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (is_key(e->d_name))
			remove_idle(s->parts, e->d_name);
}

static int add_file(struct files *f, const char *name, const struct stat *st)
{
	if (f->n == f->room) {
		const size_t room = f->room ? f->room * 2 : 1024;
		struct file *v = realloc(f->v, room * sizeof(*v));

		if (!v)
			return -ENOMEM;
		f->v = v;
		f->room = room;
	}
	place_of(name, f->v[f->n].place);
	f->v[f->n].used = st->st_mtim;
	f->v[f->n].size = (uint64_t)st->st_size;
	f->total += f->v[f->n++].size;
	return 0;
}

static int list_files(const struct store *s, struct files *f)
{
	for (int i = 0; i < 256; i++) {
		char folder[3];
		struct dirent *e;
		struct stat st;

		snprintf(folder, sizeof(folder), "%02x", i);
		_cleanup_(cleanup_dir) DIR *d = list(s->dir, folder);
		while (d && (e = readdir(d)))
			if (is_key(e->d_name) && strlen(e->d_name) == 64 &&
				fstatat(dirfd(d), e->d_name, &st,
					AT_SYMLINK_NOFOLLOW) == 0 &&
				S_ISREG(st.st_mode) && add_file(f, e->d_name, &st) < 0)
				return -ENOMEM;
	}
	return 0;
}

static int by_use(const void *a, const void *b)
{
	const struct timespec *x = &((const struct file *)a)->used,
			      *y = &((const struct file *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

static void prune(const struct store *s, uint64_t limit)
{
	struct files f = { 0 };

	if (list_files(s, &f) == 0 && f.total > limit) {
		qsort(f.v, f.n, sizeof(*f.v), by_use);
		for (size_t i = 0; i < f.n && f.total > limit; i++)
			if (remove_idle(s->dir, f.v[i].place))
				f.total -= f.v[i].size;
	}
	free(f.v);
}

void store_tidy(const struct store *s, uint64_t limit)
{
	_cleanup_close_ int fd = openat(
		s->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, MODE_FILE);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return; /* another is at it */
	sweep_parts(s);
	if (limit)
		prune(s, limit);
}
