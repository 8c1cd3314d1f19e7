// SPDX-License-Identifier: MIT
/*
 * Terminals that a guest must not be given for its console. libvirt locks the one that
 * it opens, by a file; a daemon that was killed leaves it behind, and of another user's
 * nobody but root can be rid. Of one's own libvirt removes it only if no process has
 * the number in it: another daemon's may not be back yet though its guest has gone, or
 * the number is another process's by now. Whoever is given that terminal next has no
 * console. So these are held by us while a guest starts, for who wants a new one to get
 * another.
 */
#include "ttys.h"
#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define LOCKS "/var/lock/LCK.."

/* Whether a process has the number that is in this file; so, too, if none can be read.
 */
static int has_process(const char *path)
{
	char text[32];
	_cleanup_close_ int fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	long pid;

	if (n < 0)
		return errno != ENOENT;
	text[n] = '\0';
	pid = strtol(text, NULL, 10);
	return pid > 0 && pid <= INT_MAX &&
	       (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

/* One of our own without a process libvirt removes. */
static int is_barred(unsigned number)
{
	static const char *const heads[] = { "_pts_",
		"pts_" }; /* libvirt's, old and new */
	char path[64];
	struct stat st;

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		snprintf(path, sizeof(path), LOCKS "%s%u", heads[i], number);
		if (lstat(path, &st) == 0 &&
			(st.st_uid != geteuid() || has_process(path)))
			return 1;
	}
	return 0;
}

/* A new terminal is the free one with the lowest number: up to the first that is not
 * barred. Where there are no terminals at all, that is the guest's affair. */
void ttys_hold(struct ttys *t)
{
	while (t->count < TTYS_MOST) {
		unsigned number;
		_cleanup_close_ int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

		if (fd < 0 || ioctl(fd, TIOCGPTN, &number) < 0 || !is_barred(number))
			return;
		t->fd[t->count++] = steal_fd(&fd);
	}
}

void ttys_release(struct ttys *t)
{
	while (t->count > 0)
		close(t->fd[--t->count]);
}
