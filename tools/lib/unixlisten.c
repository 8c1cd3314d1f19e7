// SPDX-License-Identifier: MIT
#include "unixlisten.h"
#include "cleanup.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/*
 * Asks with a socket of the wrong type: that is told apart from nobody being
 * there, and is no connection to who is.
 */
static int somebody_listens(const struct sockaddr_un *un)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)un, sizeof(*un)) == 0)
		return 1;
	if (errno == EPROTOTYPE)
		return 1;
	return errno == ECONNREFUSED ? 0 : -errno;
}

int unix_listen(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = -1;
	struct stat st;
	mode_t mask;
	int r;

	if (strlen(path) >= sizeof(un.sun_path))
		return -ENAMETOOLONG;
	memcpy(un.sun_path, path, strlen(path) + 1);
	r = somebody_listens(&un);
	if (r > 0)
		return -EADDRINUSE;
	if (r < 0 && r != -ENOENT)
		return r;
	/* to connect to what is no socket at all is refused the same way */
	if (r == 0 && (lstat(path, &st) < 0 || !S_ISSOCK(st.st_mode)))
		return -EEXIST;
	if (r == 0 && unlink(path) < 0)
		return -errno;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	mask = umask(0177);
	r = bind(fd, (struct sockaddr *)&un, sizeof(un)) < 0 ? -errno : 0;
	umask(mask);
	if (r < 0)
		return r;
	if (listen(fd, SOMAXCONN) < 0) {
		r = -errno;
		unlink(path);
		return r;
	}
	return steal_fd(&fd);
}
