// SPDX-License-Identifier: MIT
#include "folder.h"
#include "bytes.h"
#include "cleanup.h"
#include "slurp.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

static int open_plain(int dir, const char *name, off_t *size)
{
	_cleanup_close_ int fd =
		openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	*size = st.st_size;
	return steal_fd(&fd);
}

int read_whole(int dir, const char *name, size_t max, struct content *c)
{
	_cleanup_close_ int fd = open_plain(dir, name, &c->size);

	if (fd < 0)
		return fd;
	return slurp_fd(fd, max, &c->bytes, &c->n);
}

static int read_part(int dir, const char *name, size_t max, bool end, struct content *c)
{
	_cleanup_close_ int fd = open_plain(dir, name, &c->size);
	off_t skip = 0;

	if (fd < 0)
		return fd;
	if (end && c->size > (off_t)max)
		skip = c->size - (off_t)max;
	c->n = c->size - skip < (off_t)max ? (size_t)(c->size - skip) : max;
	if (!(c->bytes = malloc(c->n + 1)))
		return -ENOMEM;
	return read_at(fd, (uint64_t)skip, c->bytes, c->n);
}

int read_begin(int dir, const char *name, size_t max, struct content *c)
{
	return read_part(dir, name, max, false, c);
}

int read_end(int dir, const char *name, size_t max, struct content *c)
{
	const int r = read_part(dir, name, max, true, c);
	char *line;

	if (r == 0 && c->size > (off_t)c->n && (line = memchr(c->bytes, '\n', c->n))) {
		c->n -= (size_t)(line + 1 - c->bytes);
		memmove(c->bytes, line + 1, c->n);
	}
	return r;
}

void content_end(struct content *c)
{
	free(c->bytes);
}

struct slice content_text(const struct content *c)
{
	return (struct slice){ c->bytes, c->n };
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void cleanup_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

int list_names(int dir, const char *pattern, char **names, size_t *n, size_t *all)
{
	_cleanup_(cleanup_dir) DIR *d = NULL;
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *e;

	*n = *all = 0;
	if (fd < 0)
		return -errno;
	if (!(d = fdopendir(fd))) {
		close(fd);
		return -ENOMEM;
	}
	while ((e = readdir(d))) {
		if (fnmatch(pattern, e->d_name, FNM_PERIOD) != 0 || ++*all > NAMES_MAX)
			continue;
		if (!(names[*n] = strdup(e->d_name)))
			return -ENOMEM;
		++*n;
	}
	qsort(names, *n, sizeof(*names), by_name);
	return 0;
}

void names_end(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
}
