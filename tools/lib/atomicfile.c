// SPDX-License-Identifier: MIT
#include "atomicfile.h"
#include "cleanup.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

/* A device or a pipe is written to, never replaced: think of /dev/null, and root. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int open_special(struct atomicfile *a)
{
	int r;

	a->f = fopen(a->path, "we");
	if (a->f)
		return 0;
	r = -errno;
	atomic_drop(a);
	return r;
}

int atomic_open_mode(struct atomicfile *a, const char *path, mode_t mode)
{
	int fd, r;

	memset(a, 0, sizeof(*a));
	if (!path || strcmp(path, "-") == 0) {
		a->f = stdout;
		return 0;
	}
	/* Through a symbolic link to the file, so that the link stays one. */
	a->path = realpath(path, NULL);
	if (!a->path)
		a->path = strdup(path);
	if (a->path && is_special(a->path))
		return open_special(a);
	if (!a->path || asprintf(&a->tmp, "%s.XXXXXX", a->path) < 0) {
		a->tmp = NULL;
		atomic_drop(a);
		return -ENOMEM;
	}
	fd = mkostemp(a->tmp, O_CLOEXEC);
	if (fd < 0) {
		r = -errno;
		free(steal_ptr(&a->tmp)); /* nothing to unlink */
		atomic_drop(a);
		return r;
	}
	if (fchmod(fd, mode) < 0 || !(a->f = fdopen(fd, "w"))) {
		r = -errno;
		close(fd);
		atomic_drop(a);
		return r;
	}
	return 0;
}

int atomic_open(struct atomicfile *a, const char *path)
{
	const mode_t mask = umask(0);

	umask(mask);
	return atomic_open_mode(a, path, 0666 & ~mask);
}

int atomic_commit(struct atomicfile *a)
{
	int r = 0;

	errno = 0;
	if (fflush(a->f) != 0 || ferror(a->f))
		r = errno ? -errno : -EIO;
	if (!a->path) {
		a->f = NULL;
		return r;
	}
	if (fclose(steal_ptr(&a->f)) != 0 && r == 0)
		r = -errno;
	if (r == 0 && a->tmp && rename(a->tmp, a->path) < 0)
		r = -errno;
	if (r == 0)
		free(steal_ptr(&a->tmp));
	atomic_drop(a);
	return r;
}

void atomic_drop(struct atomicfile *a)
{
	if (a->f && a->path)
		fclose(a->f);
	if (a->tmp)
		unlink(a->tmp);
	free(a->tmp);
	free(a->path);
	memset(a, 0, sizeof(*a));
}
