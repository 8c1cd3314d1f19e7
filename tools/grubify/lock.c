// SPDX-License-Identifier: MIT
#include "lock.h"
#include "cleanup.h"

#include <fcntl.h>
#include <glob.h>
#include <linux/loop.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/*
 * A file is known by its device and inode, whatever it is called where: a hard link, a
 * bind mount or another mount namespace has another name for it.
 */

/* As the device itself says; -1 where it may not be asked. */
static int device_has(const char *node, const struct stat *file)
{
	_cleanup_close_ int fd = open(node, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct loop_info64 info;

	if (fd < 0 || ioctl(fd, LOOP_GET_STATUS64, &info) < 0)
		return -1;
	return info.lo_device == file->st_dev && info.lo_inode == file->st_ino;
}

/* By the name that the kernel has for it, which may be another file's here. */
static bool name_is(const char *attribute, const char *path, const struct stat *file)
{
	_cleanup_fclose_ FILE *f = fopen(attribute, "re");
	_cleanup_free_ char *line = NULL;
	struct stat st;
	size_t room = 0;
	ssize_t n = f ? getline(&line, &room, f) : -1;

	if (n > 0 && line[n - 1] == '\n')
		line[n - 1] = '\0';
	if (n <= 0)
		return false;
	return strcmp(line, path) == 0 ||
	       (stat(line, &st) == 0 && st.st_dev == file->st_dev &&
		       st.st_ino == file->st_ino);
}

/*
 * The kernel writes behind a loop device whenever it likes, without a lock. node is the
 * device's name, if there is one.
 */
static bool on_loop(int fd, const char *path, char node[64])
{
	struct stat file;
	bool found = false;
	glob_t g;

	if (fstat(fd, &file) < 0 ||
		glob("/sys/block/loop*/loop/backing_file", 0, NULL, &g) != 0)
		return false;
	for (size_t i = 0; !found && i < g.gl_pathc; i++) {
		const char *name = g.gl_pathv[i] + strlen("/sys/block/");
		int has;

		snprintf(node, 64, "/dev/%.*s", (int)strcspn(name, "/"), name);
		has = device_has(node, &file);
		found = has < 0 ? name_is(g.gl_pathv[i], path, &file) : has;
	}
	globfree(&g);
	return found;
}

/* Of a file on another machine's disk a lease tells nothing: it is refused there. */
static bool has_leases(int fd)
{
	static const unsigned long remote[] = { 0x6969 /* NFS */, 0xff534d42 /* CIFS */,
		0xfe534d42 /* SMB2 */, 0x517b /* SMB */, 0x01021997 /* 9P */,
		0x65735546 /* FUSE */, 0x00c36400 /* Ceph */, 0x5346414f /* AFS */ };
	struct statfs st;

	if (fstatfs(fd, &st) < 0)
		return false;
	for (size_t i = 0; i < sizeof(remote) / sizeof(*remote); i++)
		if (((unsigned long)st.f_type & 0xffffffff) == remote[i])
			return false;
	return true;
}

/*
 * Whoever has it open for writing keeps a lease for reading from us, by whatever name
 * and with no lock of his own: a loop device in a container, another hypervisor. The
 * lease is for the owner and for root; others, and other filesystems, do without.
 */
static bool is_written(const char *path)
{
	_cleanup_close_ int fd =
		open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	void (*old)(int) = signal(SIGIO, SIG_IGN);
	struct stat st;
	bool busy = false;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && has_leases(fd)) {
		if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0)
			fcntl(fd, F_SETLEASE, F_UNLCK);
		else
			busy = errno == EAGAIN;
	}
	signal(SIGIO, old);
	return busy;
}

int lock_open(const char *path, bool write, struct lock *l)
{
	int fd;

	*l = (struct lock){ .write = write, .written = is_written(path) };
	fd = open(path,
		(write ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 && errno == EAGAIN) {
		/* another run looks for a lease at this moment */
		l->who = "another program";
		return -EBUSY;
	}
	return fd < 0 ? -errno : fd;
}

int lock_image(int fd, const char *path, struct lock *l)
{
	struct flock f = { .l_type = l->write ? F_WRLCK : F_RDLCK,
		.l_whence = SEEK_SET };
	char node[64];

	l->who = "another program";
	if (fcntl(fd, F_OFD_SETLK, &f) < 0)
		return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
	if (on_loop(fd, path, node)) {
		snprintf(l->loop, sizeof(l->loop),
			"a loop device, %s: losetup -d detaches it", node);
		l->who = l->loop;
		return -EBUSY;
	}
	l->who = "another program, which has it open for writing";
	return l->written ? -EBUSY : 0;
}
