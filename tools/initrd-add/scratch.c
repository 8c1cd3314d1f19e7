// SPDX-License-Identifier: MIT
#include "scratch.h"
#include "cleanup.h"

#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

int scratch_new(char **path)
{
	const char *tmp = getenv("TMPDIR");

	if (asprintf(path, "%s/initrd-add.XXXXXX", tmp && tmp[0] ? tmp : "/tmp") < 0) {
		*path = NULL;
		return -ENOMEM;
	}
	if (!mkdtemp(*path)) {
		free(steal_ptr(path));
		return -errno;
	}
	return 0;
}

int scratch_write(const char *path, const void *data, size_t len)
{
	char dir[PATH_MAX];
	_cleanup_close_ int fd = -1;
	const char *p = data;
	ssize_t n;

	if (snprintf(dir, sizeof(dir), "%s", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	for (char *s = strchr(dir + 1, '/'); s; s = strchr(s + 1, '/')) {
		*s = '\0';
		if (mkdir(dir, 0700) < 0 && errno != EEXIST)
			return -errno;
		*s = '/';
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	for (; len; p += n, len -= (size_t)n) {
		n = write(fd, p, len);
		if (n < 0)
			return -errno;
	}
	return 0;
}

void scratch_gone(char **path)
{
	char *paths[] = { *path, NULL };
	FTSENT *e;
	FTS *fts;

	if (!*path)
		return;
	fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	while (fts && (e = fts_read(fts)))
		if (e->fts_info == FTS_DP)
			rmdir(e->fts_accpath);
		else if (e->fts_info != FTS_D)
			unlink(e->fts_accpath);
	if (fts)
		fts_close(fts);
	free(steal_ptr(path));
}
