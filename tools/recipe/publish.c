// SPDX-License-Identifier: MIT
/* publish.c - a file of keys in, one file out, whole or not at all. */
#include "publish.h"

#include "atomicfile.h"
#include "beneath.h"
#include "cleanup.h"
#include "diag.h"
#include "signals.h"
#include "slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

int publish_key(struct pool *pool, const char *path, const char **text)
{
	_cleanup_close_ int fd = -1;
	char *buf = NULL;
	size_t len = 0;
	int err;

	if (!path)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? -errno : slurp_fd(fd, 65536, &buf, &len);
	if (err < 0) {
		diag("%s: %s", path, beneath_reason(err));
		return err;
	}
	*text = pool_adopt(pool, buf);
	return 0;
}

int publish(void (*write)(const void *what, FILE *f), const void *what, const char *path)
{
	_cleanup_(atomic_drop) struct atomicfile out = { 0 };
	bool file = path && strcmp(path, "-") != 0;
	sigset_t before;
	int err;

	if (file)
		signals_hold(&before);
	err = atomic_open(&out, path);
	if (err == 0) {
		write(what, out.f);
		err = atomic_commit(&out);
	}
	if (err < 0)
		diag_errno(-err, "%s", path ? path : "standard output");
	if (file)
		sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

void publish_free_list(char **list)
{
	for (char **s = list; s && *s; s++)
		free(*s);
	free(list);
}
