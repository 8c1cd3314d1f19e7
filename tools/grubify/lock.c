#include "lock.h"
#include "cleanup.h"

#include <fcntl.h>
#include <glob.h>
#include <string.h>

static bool names(const char *file, const char *path)
{
	_cleanup_fclose_ FILE *f = fopen(file, "re");
	_cleanup_free_ char *line = NULL;
	size_t room = 0;
	ssize_t n = f ? getline(&line, &room, f) : -1;

	if (n > 0 && line[n - 1] == '\n')
		line[n - 1] = '\0';
	return n > 0 && strcmp(line, path) == 0;
}

/* The kernel writes behind a loop device whenever it likes, without a lock. */
static bool on_loop(const char *path)
{
	bool found = false;
	glob_t g;

	if (glob("/sys/block/loop*/loop/backing_file", 0, NULL, &g) != 0)
		return false;
	for (size_t i = 0; i < g.gl_pathc; i++)
		found |= names(g.gl_pathv[i], path);
	globfree(&g);
	return found;
}

int lock_image(int fd, const char *path, bool write, const char **who)
{
	struct flock l = { .l_type = write ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET };

	*who = "another program";
	if (fcntl(fd, F_OFD_SETLK, &l) < 0)
		return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
	*who = "a loop device";
	return on_loop(path) ? -EBUSY : 0;
}
