// SPDX-License-Identifier: MIT
#include "lvmlock.h"
#include "cleanup.h"
#include "clock.h"
#include "dirread.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

enum { POLL_MS = 10 };

int lvmlock_start(struct lvmlock *l, const char *dir, size_t room)
{
	*l = (struct lvmlock){ .dir = dir, .room = room };
	l->names = calloc(room, sizeof(*l->names));
	l->fds = calloc(room, sizeof(*l->fds));
	return l->names && l->fds ? 0 : -ENOMEM;
}

int lvmlock_add(struct lvmlock *l, const char *prefix, const char *name)
{
	if (!l->dir)
		return 0;
	if (l->n == l->room ||
		asprintf(&l->names[l->n], "%s/%s%s", l->dir, prefix, name) < 0)
		return -ENOMEM;
	l->fds[l->n++] = -1;
	return 0;
}

/* Is the file that is open still the one that has this name? */
static bool still_there(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/*
 * Whoever lets go of a lock removes its file, so a lock that was got on a file
 * that is gone meanwhile is none.
 */
static int take_one(const char *path, int *held)
{
	_cleanup_close_ int fd =
		open(path, O_CREAT | O_APPEND | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0777);

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (!still_there(fd, path))
		return -EBUSY;
	*held = steal_fd(&fd);
	return 0;
}

void lvmlock_drop(struct lvmlock *l)
{
	for (size_t i = l->n; i-- > 0;) {
		if (l->fds[i] < 0)
			continue;
		if (still_there(l->fds[i], l->names[i]))
			unlink(l->names[i]);
		close(l->fds[i]);
		l->fds[i] = -1;
	}
}

int lvmlock_take(struct lvmlock *l, long wait_ms, const volatile int *stop)
{
	const struct timespec nap = { 0, POLL_MS * 1000000L };
	int64_t deadline = clock_ns() + wait_ms * INT64_C(1000000);

	for (;;) {
		int r = 0;

		for (size_t i = 0; i < l->n && r == 0; i++)
			r = take_one(l->names[i], &l->fds[i]);
		if (r == 0)
			return 0;
		lvmlock_drop(l);
		if (r != -EBUSY)
			return r;
		if (*stop)
			return -EINTR;
		if (clock_ns() >= deadline)
			return -EBUSY;
		nanosleep(&nap, NULL);
	}
}

void lvmlock_clear(struct lvmlock *l)
{
	lvmlock_drop(l);
	for (size_t i = 0; i < l->n; i++)
		free(l->names[i]);
	l->n = 0;
}

void cleanup_lvmlock(struct lvmlock *l)
{
	lvmlock_clear(l);
	free(l->names);
	free(l->fds);
	*l = (struct lvmlock){ 0 };
}
