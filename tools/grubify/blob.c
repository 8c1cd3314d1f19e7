// SPDX-License-Identifier: MIT
#include "grubify.h"
#include "bytes.h"
#include "cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

int blob_read(struct blob *b, const char *path, size_t max)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *data = NULL;
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((uint64_t)st.st_size > max)
		return -EFBIG;
	if (!(data = malloc((size_t)st.st_size + 1)))
		return -ENOMEM;
	if ((r = read_at(fd, 0, data, (size_t)st.st_size)) < 0)
		return r;
	data[st.st_size] = '\0';
	b->data = steal_ptr(&data);
	b->len = (size_t)st.st_size;
	return 0;
}

int blob_fd(const void *data, size_t len, char path[40])
{
	_cleanup_close_ int fd = memfd_create("grubify", MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	if (len > 0 && (r = write_at(fd, 0, data, len)) < 0)
		return r;
	/* by our own number: a child's /proc/self is another one's */
	snprintf(path, 40, "/proc/%d/fd/%d", (int)getpid(), fd);
	return steal_fd(&fd);
}

char *find_program(const char *name)
{
	static const char more[] = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";
	_cleanup_free_ char *path = NULL;
	const char *own = getenv("PATH");
	char *save = NULL;

	if (strchr(name, '/'))
		return strdup(name);
	if (asprintf(&path, "%s:%s", own ? own : "", more) < 0)
		return NULL;
	for (char *s = strtok_r(path, ":", &save); s; s = strtok_r(NULL, ":", &save)) {
		char *full;

		if (asprintf(&full, "%s/%s", s, name) < 0)
			return NULL;
		if (access(full, X_OK) == 0)
			return full;
		free(full);
	}
	return NULL;
}
