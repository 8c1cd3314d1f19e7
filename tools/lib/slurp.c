// SPDX-License-Identifier: MIT
#include "slurp.h"
#include "cleanup.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

static int slurp(int fd, size_t max, bool stoppable, char **out, size_t *len)
{
	_cleanup_free_ char *buf = NULL;
	size_t used = 0, room = 0;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return -errno;
	do {
		if (room - used < 2) {
			char *p;

			room = room ? 2 * room
				    : (size_t)(st.st_size > 0 ? st.st_size : 0) + 4096;
			if (room > max + 4096)
				room = max + 4096;
			p = realloc(buf, room);
			if (!p)
				return -ENOMEM;
			buf = p;
		}
		n = read(fd, buf + used, room - used - 1);
		if (n < 0 && errno == EINTR && !stoppable)
			continue;
		if (n < 0)
			return -errno;
		used += (size_t)n;
		if (used > max)
			return -EFBIG;
	} while (n != 0);
	buf[used] = '\0';
	*len = used;
	*out = steal_ptr(&buf);
	return 0;
}

int slurp_fd(int fd, size_t max, char **out, size_t *len)
{
	return slurp(fd, max, false, out, len);
}

int slurp_file(const char *path, size_t max, char **out, size_t *len)
{
	_cleanup_close_ int fd = -1;

	if (strcmp(path, "-") == 0)
		return slurp(STDIN_FILENO, max, true, out, len);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return -errno;
	return slurp(fd, max, true, out, len);
}
