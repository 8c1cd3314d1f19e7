#include "slurp.h"
#include "cleanup.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

int slurp_file(const char *path, size_t max, char **out, size_t *len)
{
	bool in = strcmp(path, "-") == 0;
	_cleanup_close_ int fd = in ? dup(0) : open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *buf = NULL;
	size_t used = 0, room = 0;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
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
		if (n < 0)
			return -errno;
		used += (size_t)n;
		if (used > max)
			return -EFBIG;
	} while (n > 0);
	buf[used] = '\0';
	*len = used;
	*out = steal_ptr(&buf);
	return 0;
}
