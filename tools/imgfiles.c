// SPDX-License-Identifier: MIT
/*
 * imgfiles - files of the system in a raw disk image, read without a mount, into a
 * folder. Its filesystems are found by their roles and its fstab. The image is only
 * read.
 */
#include "cleanup.h"
#include "diag.h"
#include "fsread.h"
#include "opts.h"
#include "roles.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { EX_NO_ROOT = 3, EX_NONE };
enum { FSTAB_MAX = 1 << 20, FILE_MAX = 256 << 20, FOUND_MAX = 100000, TOTAL_MAX = 1 << 30, DEPTH_MAX = 32 };

static char *folder, *fstest;
static int list_only;

static const struct poptOption table[] = {
	{ "directory", 'C', POPT_ARG_STRING, &folder, 0, "Put them beneath DIR",
		"DIR" },
	{ "list", 'l', POPT_ARG_NONE, &list_only, 0, "Only print their names", NULL },
	{ "fstest", '\0', POPT_ARG_STRING, &fstest, 0,
		"The grub-fstest to read what is not ext2, 3 or 4 with", "FILE" },
	OPTS_COMMON,
};

/* A filesystem: a partition, or a logical volume by GRUB's name. */
struct place {
	struct part *part;
	const char *device;
};

struct system {
	struct image img;
	struct place root_place;
	struct fs root;
	char **devices; /* the logical volumes; NULL: not looked for */
	char *fstab;	/* its text; NULL: none */
	unsigned found;
	size_t taken; /* bytes of all of them: an image may have more in holes than this host has room for */
};

static int open_place(struct system *s, struct place place, struct fs *fs)
{
	if (place.part)
		return fs_open(fs, &s->img, place.part, fstest);
	if (!place.device)
		return -ENOENT;
	fs_open_device(fs, &s->img, place.device, fstest);
	return 0;
}

/* What stands before a path there: a subvolume. */
static const char *top(struct place place)
{
	return place.part && place.part->subvol ? place.part->subvol : "";
}

/* What an fstab calls a device. */
static struct place resolve(struct system *s, const char *spec)
{
	static const char mapper[] = "/dev/mapper/";
	struct place place = { .part = roles_resolve(&s->img, spec) };
	size_t n = strlen(mapper);

	if (place.part || !s->devices || strncmp(spec, mapper, n) != 0)
		return place;
	for (char **d = s->devices; *d; d++) {
		const char *name = *d + strlen("(lvm/");

		if (strncmp(name, spec + n, strlen(spec + n)) == 0 &&
			strcmp(name + strlen(spec + n), ")") == 0)
			place.device = *d;
	}
	return place;
}

/* Where a path is: the root, or what the fstab has at a folder above it; none, if that
 * is nothing that can be read here. */
static struct place place_of(struct system *s, const char *path, size_t *within)
{
	_cleanup_free_ char *dir = strdup(path);
	char *slash;

	*within = 0;
	while (s->fstab && dir && (slash = strrchr(dir, '/')) && slash != dir) {
		_cleanup_free_ char *device = NULL;

		*slash = '\0';
		if (!(device = fstab_device(s->fstab, dir)))
			continue;
		*within = strlen(dir);
		return resolve(s, device);
	}
	return s->root_place;
}

/* Not a name that would lead anywhere else, or that a terminal would act on. */
static bool harmless(const char *name)
{
	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (; *name; name++)
		if (*name == '/' || (unsigned char)*name < ' ' || *name == 0x7f)
			return false;
	return true;
}

/* All folders above the last name, beneath dir. */
static int make_parents(int dir, const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *p = copy; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		if (mkdirat(dir, copy, 0777) < 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static int put(const char *path, const char *bytes, size_t len)
{
	_cleanup_close_ int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int fd = -1;
	int r;

	if (dir < 0)
		return -errno;
	if ((r = make_parents(dir, path + 1)) < 0)
		return r;
	fd = openat(dir, path + 1,
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	while (fd >= 0 && len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0)
			return -errno;
		bytes += n;
		len -= (size_t)n;
	}
	return fd < 0 ? -errno : 0;
}

/* in is where fs has it. */
static int take(struct system *s, struct fs *fs, const char *path, const char *in)
{
	_cleanup_free_ char *bytes = NULL;
	size_t len;
	int r = fs_read(fs, in, FILE_MAX, &bytes, &len);

	if (r == -ENOENT || r == -EISDIR || r == -ENOTDIR)
		return 0;
	if (r < 0) {
		diag_errno(r, "%s: %s", s->img.path, path);
		return r == -ENOMEM || r == -ENOEXEC ? r : 0;
	}
	s->found++;
	if (list_only) {
		puts(path);
		return 0;
	}
	if (len > TOTAL_MAX - s->taken) {
		diag("%s: the files are larger than %d MiB in total: name fewer", s->img.path, TOTAL_MAX >> 20);
		return -EFBIG;
	}
	s->taken += len;
	if ((r = put(path, bytes, len)) < 0)
		diag_errno(r, "%s%s", folder, path);
	return r;
}

static int expand(struct system *s, const char *done, const char *rest);

/* Each name of the folder done stands for the asterisk. */
static int each_name(struct system *s, const char *done, const char *rest)
{
	size_t within;
	struct place place = place_of(s, done, &within);
	_cleanup_(fs_close) struct fs fs = { 0 };
	_cleanup_free_ char *in = NULL;
	char **names = NULL;
	int r;

	if (open_place(s, place, &fs) < 0)
		return 0;
	if (asprintf(&in, "%s%s", within ? "" : top(place), done + within) < 0)
		return -ENOMEM;
	r = fs_list(&fs, in, &names);
	for (char **n = names; r == 0 && *n; n++) {
		_cleanup_free_ char *next = NULL;
		size_t len = strlen(*n);

		if (len && (*n)[len - 1] == '/')
			(*n)[len - 1] = '\0';
		if (!harmless(*n) || s->found == FOUND_MAX)
			continue;
		if (asprintf(&next, "%s/%s", done, *n) < 0)
			r = -ENOMEM;
		else
			r = expand(s, next, rest);
	}
	fs_free_names(names);
	return r == -ENOENT || r == -ENOTDIR ? 0 : r;
}

/* done is a path without asterisks; rest is what follows it, or empty. */
static int expand(struct system *s, const char *done, const char *rest)
{
	_cleanup_free_ char *next = NULL, *in = NULL;
	size_t n = strcspn(rest + (*rest == '/'), "/") + (*rest == '/'), within;
	_cleanup_(fs_close) struct fs fs = { 0 };
	struct place place;

	if (*rest && strncmp(rest, "/*", n) == 0 && n == 2)
		return each_name(s, done, rest + n);
	if (*rest) {
		if (asprintf(&next, "%s%.*s", done, (int)n, rest) < 0)
			return -ENOMEM;
		return expand(s, next, rest + n);
	}
	place = place_of(s, done, &within);
	if (asprintf(&in, "%s%s", within ? "" : top(place), done + within) < 0)
		return -ENOMEM;
	if (!within)
		return take(s, &s->root, done, in);
	return open_place(s, place, &fs) < 0 ? 0 : take(s, &fs, done, in);
}

/* The one logical volume with a system in it. */
static const char *root_device(struct system *s)
{
	const char *root = NULL;

	if (fs_devices(&s->img, fstest, &s->devices) < 0)
		return NULL;
	for (char **d = s->devices; *d; d++) {
		_cleanup_free_ char *text = NULL;
		struct fs fs;
		size_t len;

		fs_open_device(&fs, &s->img, *d, fstest);
		if (fs_read(&fs, "/etc/os-release", FSTAB_MAX, &text, &len) < 0)
			continue;
		if (root)
			return NULL;
		root = *d;
	}
	return root;
}

static int open_system(struct system *s, const char *path)
{
	_cleanup_free_ char *fstab = NULL;
	size_t len;
	int r = image_open(&s->img, path, O_RDONLY);

	if (r == 0)
		r = roles_find(&s->img, fstest);
	if (r < 0) {
		diag_errno(r, "%s", path);
		return EX_FAILED;
	}
	if (s->img.state == IMAGE_CONTAINER) {
		diag("%s: %s: imgfiles reads raw images", path, s->img.problem);
		return EX_FAILED;
	}
	s->root_place.part = roles_get(&s->img, "root");
	if (!s->root_place.part)
		s->root_place.device = root_device(s);
	if (open_place(s, s->root_place, &s->root) < 0) {
		diag("%s: no filesystem that can be read is a system's root (imgprobe "
		     "says what there is)",
			path);
		return EX_NO_ROOT;
	}
	if (asprintf(&fstab, "%s/etc/fstab", top(s->root_place)) < 0 ||
		fs_read(&s->root, fstab, FSTAB_MAX, &s->fstab, &len) < 0)
		s->fstab = NULL;
	return OPTS_GO;
}

static void close_system(struct system *s)
{
	fs_close(&s->root);
	fs_free_names(s->devices);
	free(s->fstab);
	image_close(&s->img);
}

/* Absolute, of harmless names, an asterisk only as a whole one. */
static bool pattern_ok(const char *s)
{
	unsigned depth = 0;

	while (*s == '/') {
		_cleanup_free_ char *name = strndup(s + 1, strcspn(s + 1, "/"));

		if (!name || !harmless(name) || ++depth > DEPTH_MAX ||
			(strchr(name, '*') && strcmp(name, "*") != 0))
			return false;
		s += 1 + strlen(name);
	}
	return *s == '\0' && depth;
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	_cleanup_(close_system) struct system s = { .img.fd = -1 };
	const char **args;
	int r = opts_parse(&ctx, argc, argv, table, "IMAGE PATH...", 2, -1, &args);

	if (r != OPTS_GO)
		return r;
	if (!folder == !list_only)
		return opts_error("one of --directory and --list");
	for (const char **p = args + 1; *p; p++)
		if (!pattern_ok(*p))
			return opts_error(
				"%s: is no path from / on, with * for whole names", *p);
	if ((r = open_system(&s, args[0])) != OPTS_GO)
		return r;
	for (const char **p = args + 1; *p; p++)
		if (expand(&s, "", *p) < 0)
			return EX_FAILED;
	if (flush_stdout() < 0)
		return EX_FAILED;
	return s.found ? EX_DONE : EX_NONE;
}
