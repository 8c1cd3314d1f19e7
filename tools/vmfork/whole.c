// SPDX-License-Identifier: MIT
#include "whole.h"

#include <errno.h>
#include <unistd.h>

ssize_t whole_read(int fd, void *buf, size_t n)
{
	size_t got = 0;

	while (got < n) {
		const ssize_t r = read(fd, (char *)buf + got, n - got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

int whole_write(int fd, const void *buf, size_t n)
{
	const char *p = buf;

	while (n) {
		const ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -errno;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}
