#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int sink_open(struct sink *s, const char *path, unsigned long long max)
{
	*s = (struct sink){ .path = path, .max = max };
	s->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	return s->fd < 0 ? -errno : 0;
}

int sink_put(struct sink *s, const char *data, size_t n)
{
	int over = n > s->max - s->bytes;

	if (over)
		n = (size_t)(s->max - s->bytes);
	if (s->fd < 0) {
		s->bytes += n;
		return over ? -EFBIG : 0;
	}
	while (n) {
		ssize_t w = write(s->fd, data, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -errno;
		data += w;
		n -= (size_t)w;
		s->bytes += (size_t)w;
	}
	return over ? -EFBIG : 0;
}

int sink_close(struct sink *s)
{
	int fd = s->fd;

	s->fd = -1;
	return fd >= 0 && close(fd) < 0 ? -errno : 0;
}
