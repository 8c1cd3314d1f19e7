// SPDX-License-Identifier: MIT
/*
 * beneath.c - opens files of a folder, and refuses what leads out of it.
 *
 * The kernel does the walk (openat2), so that no race between looking and
 * opening is left. Where it has no such call, symbolic links are refused.
 */
#include "beneath.h"

#include "cleanup.h"
#include "slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* O_NONBLOCK: a pipe laid in the way must not stop us; it does nothing to files. */
enum { FLAGS = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };

static int walk(int dir, const char *path)
{
	char part[NAME_MAX + 1];
	_cleanup_close_ int at = fcntl(dir, F_DUPFD_CLOEXEC, 3);

	if (at < 0)
		return -errno;
	if (*path == '/')
		return -EXDEV;
	for (;;) {
		const char *slash = strchrnul(path, '/');
		size_t n = (size_t)(slash - path);
		int next;

		if (n > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(part, path, n);
		part[n] = '\0';
		if (strcmp(part, "..") == 0)
			return -EXDEV;
		next = openat(at, n ? part : ".",
			(*slash ? O_PATH | O_DIRECTORY | O_CLOEXEC : (int)FLAGS) |
				O_NOFOLLOW);
		if (next < 0)
			return errno == ELOOP || errno == ENOTDIR ? -EXDEV : -errno;
		if (!*slash)
			return next;
		close(at);
		at = next;
		path = slash + 1;
	}
}

int beneath_open(int dir, const char *path)
{
	struct open_how how = { .flags = FLAGS,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	_cleanup_close_ int fd = -1;
	struct stat st;

	fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = walk(dir, path);
	else if (fd < 0)
		fd = -errno;
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return steal_fd(&fd);
}

int beneath_read(int dir, const char *path, size_t max, char **text, size_t *len)
{
	_cleanup_close_ int fd = beneath_open(dir, path);

	*text = NULL;
	*len = 0;
	return fd < 0 ? fd : slurp_fd(fd, max, text, len);
}

const char *beneath_reason(int err)
{
	switch (err) {
	case -EXDEV:
	case -ELOOP:
		return "is outside the recipe's folder";
	case -EINVAL:
		return "is no regular file";
	case -EFBIG:
		return "is too long";
	default:
		return strerror(-err);
	}
}
