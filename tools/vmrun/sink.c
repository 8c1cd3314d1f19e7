// SPDX-License-Identifier: MIT
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int sink_to(struct sink *s, int fd, const char *name, unsigned long long max)
{
	*s = (struct sink){ .path = name, .max = max, .waiting = max };
	s->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return s->fd < 0 ? -errno : 0;
}

int sink_open(struct sink *s, const char *path, unsigned long long max)
{
	*s = (struct sink){ .path = path, .max = max, .waiting = max };
	s->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	return s->fd < 0 ? -errno : 0;
}

static int write_all(int fd, const char *data, size_t n)
{
	while (n) {
		ssize_t w = write(fd, data, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -errno;
		data += w;
		n -= (size_t)w;
	}
	return 0;
}

static int pass_on(struct sink *s, const char *data, size_t n)
{
	struct stat st;
	int r;

	if (s->fd < 0 || n == 0)
		return 0;
	/* not before something comes: guards are forked before there are threads */
	if (!s->pump && fstat(s->fd, &st) == 0 && !S_ISREG(st.st_mode) &&
		(r = pump_start(&s->pump, s->fd, s->waiting)) < 0)
		return r;
	return s->pump ? pump_put(s->pump, data, n) : write_all(s->fd, data, n);
}

int sink_put(struct sink *s, const char *data, size_t n)
{
	const int over = n > s->max - s->bytes;
	int r;

	if (over)
		n = (size_t)(s->max - s->bytes);
	r = pass_on(s, data, n);
	if (r == 0)
		s->bytes += n;
	return r < 0 ? r : over ? -EFBIG : 0;
}

unsigned long long sink_waits(const struct sink *s)
{
	return s->pump ? pump_waits(s->pump) : 0;
}

int sink_close(struct sink *s)
{
	const int fd = s->fd;
	int r;

	s->fd = -1;
	if (fd < 0)
		return 0;
	r = s->pump ? pump_end(s->pump) : 0;
	s->pump = NULL;
	if (r == -ETIMEDOUT) /* its thread still has it */
		return r;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}
