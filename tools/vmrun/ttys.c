/*
 * Terminals that a guest must not be given for its console. libvirt locks the one that
 * it opens, by a file; a daemon that was killed leaves it behind, and of another user's
 * nobody but root can be rid: whoever is given that terminal next has no console. So
 * these are held by us while a guest starts, for who wants a new one to get another.
 */
#include "guest.h"
#include "cleanup.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define LOCKS "/var/lock/LCK.."

/* One of our own is libvirt's to judge: it removes what no process stands for. */
static int is_barred(unsigned number)
{
	static const char *const heads[] = { "_pts_",
		"pts_" }; /* libvirt's, old and new */
	char path[64];
	struct stat st;

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		snprintf(path, sizeof(path), LOCKS "%s%u", heads[i], number);
		if (lstat(path, &st) == 0 && st.st_uid != geteuid())
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
