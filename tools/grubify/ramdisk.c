// SPDX-License-Identifier: MIT
#include "ramdisk.h"
#include "grubify.h"
#include "cleanup.h"
#include "run.h"

#include <dirent.h>
#include <fcntl.h>
#include <search.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { FILE_MAX = 256 << 20, LISTING_MAX = 1 << 20 };

int ramdisk_open(struct ramdisk *r)
{
	int fd = memfd_create("ramdisk", MFD_CLOEXEC);

	*r = (struct ramdisk){ 0 };
	if (fd < 0)
		return -errno;
	if (!(r->f = fdopen(fd, "w"))) {
		close(fd);
		return -ENOMEM;
	}
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* 1: it is new, and noted; 0: it is there. */
static int take_name(struct ramdisk *r, const char *name)
{
	char *copy;

	if (tfind(name, &r->names, by_text))
		return 0;
	if (!(copy = strdup(name)))
		return -ENOMEM;
	if (!tsearch(copy, &r->names, by_text)) {
		free(copy);
		return -ENOMEM;
	}
	return 1;
}

static void pad(struct ramdisk *r)
{
	while (ftell(r->f) % 4)
		putc(0, r->f);
}

static int record(struct ramdisk *r, const char *name, unsigned mode, const void *data,
	size_t len)
{
	unsigned links = S_ISDIR(mode) ? 2 : 1;

	if (len > UINT32_MAX)
		return -EFBIG;
	/* magic, inode, mode, owner, group, links, time, size, devices, name's length,
	 * sum */
	fprintf(r->f, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		++r->count, mode, 0U, 0U, links, 0U, (unsigned)len, 0U, 0U, 0U, 0U,
		(unsigned)strlen(name) + 1, 0U);
	fwrite(name, 1, strlen(name) + 1, r->f);
	pad(r);
	if (len > 0)
		fwrite(data, 1, len, r->f);
	pad(r);
	return ferror(r->f) ? -EIO : 0;
}

int ramdisk_folder(struct ramdisk *r, const char *name)
{
	_cleanup_free_ char *up = strdup(name);
	char *slash = up ? strrchr(up, '/') : NULL;
	int n;

	if (!up)
		return -ENOMEM;
	if (slash) {
		*slash = '\0';
		if ((n = ramdisk_folder(r, up)) < 0)
			return n;
	}
	n = take_name(r, name);
	return n > 0 ? record(r, name, S_IFDIR | 0755, NULL, 0) : n;
}

static int add(struct ramdisk *r, const char *name, unsigned mode, const void *data,
	size_t len)
{
	_cleanup_free_ char *up = strdup(name);
	char *slash = up ? strrchr(up, '/') : NULL;
	int n = up ? 0 : -ENOMEM;

	if (n == 0 && slash) {
		*slash = '\0';
		n = ramdisk_folder(r, up);
	}
	if (n == 0)
		n = take_name(r, name);
	return n > 0 ? record(r, name, mode, data, len) : n;
}

int ramdisk_data(struct ramdisk *r, const char *name, unsigned mode, const void *data,
	size_t len)
{
	return add(r, name, S_IFREG | mode, data, len);
}

int ramdisk_link(struct ramdisk *r, const char *name, const char *target)
{
	return add(r, name, S_IFLNK | 0777, target, strlen(target));
}

int ramdisk_file(struct ramdisk *r, const char *name, unsigned mode, const char *path)
{
	struct blob b = { 0 };
	int n;

	if (tfind(name, &r->names, by_text))
		return 0;
	if ((n = blob_read(&b, path, FILE_MAX)) == 0)
		n = ramdisk_data(r, name, mode, b.data, b.len);
	free(b.data);
	return n;
}

static int is_file(const struct dirent *e)
{
	return e->d_name[0] != '.' && e->d_type != DT_DIR;
}

int ramdisk_copy(struct ramdisk *r, const char *name, const char *dir)
{
	struct dirent **list = NULL;
	int n = scandir(dir, &list, is_file, alphasort), error = n < 0 ? -errno : 0;

	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *from = NULL, *to = NULL;

		if (error == 0 &&
			(asprintf(&from, "%s/%s", dir, list[i]->d_name) < 0 ||
				asprintf(&to, "%s/%s", name, list[i]->d_name) < 0))
			error = -ENOMEM;
		if (error == 0)
			error = ramdisk_file(r, to, 0644, from);
		free(list[i]);
	}
	free(list);
	return error;
}

/* A line of ldd: "NAME => PATH (0xADDRESS)", or "PATH (0xADDRESS)": the loader. */
static int library(struct ramdisk *r, char *line)
{
	_cleanup_free_ char *name = NULL;
	char *arrow = strstr(line, " => "), *end = strrchr(line, '(');
	char *path = arrow ? arrow + 4 : line + strspn(line, " \t");

	if (!end || end <= path || path[0] != '/')
		return 0;
	end[-1] = '\0';
	if (!arrow)
		return ramdisk_file(r, path + 1, 0755, path);
	if (asprintf(&name, "lib/%s", strrchr(path, '/') + 1) < 0)
		return -ENOMEM;
	return ramdisk_file(r, name, 0755, path);
}

static bool is_elf(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char magic[4];

	return fd >= 0 && read(fd, magic, sizeof(magic)) == sizeof(magic) &&
	       memcmp(magic, "\177ELF", sizeof(magic)) == 0;
}

int ramdisk_program(struct ramdisk *r, const char *name, const char *path)
{
	const char *const argv[] = { "ldd", path, NULL };
	_cleanup_free_ char *text = NULL;
	char *save = NULL;
	struct child c;
	size_t len;
	int n;

	if (!is_elf(path))
		return access(path, R_OK) < 0 ? -errno : -ENOEXEC;
	if ((n = ramdisk_file(r, name, 0755, path)) < 0 ||
		(n = child_start(&c, argv, true)) < 0 ||
		(n = child_wait(&c, LISTING_MAX, &text, &len)) < 0)
		return n;
	if (n != 0)
		return 0; /* linked with nothing */
	for (char *l = strtok_r(text, "\n", &save); l && n == 0;
		l = strtok_r(NULL, "\n", &save))
		n = library(r, l);
	return n;
}

int ramdisk_finish(struct ramdisk *r)
{
	int n = record(r, "TRAILER!!!", 0, NULL, 0), fd;
	char path[40];

	if (n < 0 || fflush(r->f) != 0)
		return n < 0 ? n : -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(r->f));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

void ramdisk_close(struct ramdisk *r)
{
	if (r->f)
		fclose(r->f);
	tdestroy(r->names, free);
	*r = (struct ramdisk){ 0 };
}
