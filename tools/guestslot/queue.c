// SPDX-License-Identifier: MIT
#include "queue.h"
#include "cleanup.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/* The longest number has 20 digits; the shorter have noughts before them. */
enum { DIGITS = 20, NAME_SIZE = DIGITS + 1, RECORD = 256 };

int queue_open(struct queue *q, const char *dir)
{
	*q = (struct queue){ .dir = -1, .own = -1 };
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return -errno;
	q->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return q->dir < 0 ? -errno : 0;
}

int queue_lock(struct queue *q)
{
	if (flock(q->dir, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK || errno == EINTR ? -EAGAIN : -errno;
}

void queue_unlock(struct queue *q)
{
	flock(q->dir, LOCK_UN);
}

/* Where to put a number's name. */
static void name_of(unsigned long long number, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%0*llu", DIGITS, number);
}

/* 1: it is one of ours. */
static int number_of(const char *name, unsigned long long *number)
{
	char *end;

	if (strlen(name) != DIGITS || strspn(name, "0123456789") != DIGITS)
		return 0;
	errno = 0;
	*number = strtoull(name, &end, 10);
	return errno == 0;
}

static int write_record(const struct queue *q, const char *state)
{
	char text[RECORD];
	int n = snprintf(text, sizeof(text), "%llu %s %s\n", q->mib, state, q->name);

	if (n >= (int)sizeof(text))
		n = (int)sizeof(text) - 1;
	if (ftruncate(q->own, 0) < 0)
		return -errno;
	return pwrite(q->own, text, (size_t)n, 0) == n ? 0 : -EIO;
}

/* What somebody holds a lock on is somebody's; else it is removed. */
static int is_held(const struct queue *q, const char *name, int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK;
	unlinkat(q->dir, name, 0);
	return 0;
}

/* A record that cannot be read is that of a guest all the same. */
static void count(
	int fd, unsigned long long number, const struct queue *q, struct others *o)
{
	char text[RECORD] = "", *rest;
	unsigned long long mib;

	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		*text = '\0';
	mib = *text >= '0' && *text <= '9' ? strtoull(text, &rest, 10) : 0;
	if (mib && strncmp(rest, " waits ", 7) == 0) {
		o->ahead += number < q->number;
		return;
	}
	o->guests++;
	o->mib += mib;
}

/* Each file of it once; o may be NULL. The highest number, or a negative errno. */
static int scan(struct queue *q, struct others *o, unsigned long long *highest)
{
	const int copy = openat(q->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *e;
	unsigned long long number;

	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		_cleanup_close_ int fd = -1;

		if (!number_of(e->d_name, &number) ||
			(q->own >= 0 && number == q->number))
			continue;
		fd = openat(q->dir, e->d_name,
			O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
		if (fd < 0 || !is_held(q, e->d_name, fd))
			continue;
		if (number > *highest)
			*highest = number;
		if (o)
			count(fd, number, q, o);
	}
	closedir(d);
	return 0;
}

int queue_join(struct queue *q, unsigned long long mib, const char *name)
{
	unsigned long long highest = 0;
	char file[NAME_SIZE];
	int r = scan(q, NULL, &highest);

	if (r < 0)
		return r;
	q->number = highest + 1;
	q->mib = mib;
	q->name = name;
	name_of(q->number, file);
	q->own = openat(q->dir, file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (q->own < 0)
		return -errno;
	if (flock(q->own, LOCK_EX | LOCK_NB) < 0)
		return -errno;
	return write_record(q, "waits");
}

int queue_look(struct queue *q, struct others *o)
{
	unsigned long long highest = 0;

	*o = (struct others){ 0 };
	return scan(q, o, &highest);
}

int queue_go(struct queue *q)
{
	return write_record(q, "runs");
}

void queue_leave(struct queue *q)
{
	char file[NAME_SIZE];

	if (q->own >= 0) {
		name_of(q->number, file);
		unlinkat(q->dir, file, 0);
		close(steal_fd(&q->own));
	}
	if (q->dir >= 0)
		close(steal_fd(&q->dir));
}
