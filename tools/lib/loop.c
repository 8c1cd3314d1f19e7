// SPDX-License-Identifier: MIT
#include "loop.h"
#include "cleanup.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { TRIES = 64, LOOP_MAJOR = 7 };

static int configure(int dev, int fd, bool readonly)
{
	struct loop_config c = { .fd = (unsigned)fd,
		.info.lo_flags =
			LO_FLAGS_AUTOCLEAR | (readonly ? LO_FLAGS_READ_ONLY : 0) };

	return ioctl(dev, LOOP_CONFIGURE, &c) < 0 ? -errno : 0;
}

int loop_attach(int fd, bool readonly, char dev[32])
{
	_cleanup_close_ int ctl = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int r = ctl < 0 ? -errno : -EBUSY;

	/* between the question for a free one and its use another may take it */
	for (int i = 0; ctl >= 0 && r == -EBUSY && i < TRIES; i++) {
		_cleanup_close_ int loop = -1;
		int n = ioctl(ctl, LOOP_CTL_GET_FREE);

		if (n < 0)
			return -errno;
		snprintf(dev, 32, "/dev/loop%d", n);
		loop = open(dev, (readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
		if (loop < 0 && errno == ENOENT && /* nobody makes nodes here */
			mknod(dev, S_IFBLK | 0600, makedev(LOOP_MAJOR, (unsigned)n)) ==
				0)
			loop = open(dev, (readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
		if (loop < 0)
			return -errno;
		r = configure(loop, fd, readonly);
		if (r == 0)
			return steal_fd(&loop);
	}
	return r;
}
