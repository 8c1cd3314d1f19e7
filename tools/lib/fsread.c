// SPDX-License-Identifier: MIT
#include "fsread.h"
#include "cleanup.h"
#include "confine.h"
#include "extio.h"

#include <string.h>

enum { LISTING_MAX = 4 << 20, NAMES_MAX = 100000 };

/* A directory's names as they come, grown as needed. */
struct names {
	char **list;
	size_t n, room;
};

static int names_add(struct names *ns, const char *s, size_t len, bool dir)
{
	char *name;

	if (ns->n + 2 > ns->room) {
		size_t room = ns->room ? 2 * ns->room : 32;
		char **p = reallocarray(ns->list, room, sizeof(*p));

		if (!p || room > NAMES_MAX)
			return p ? (ns->list = p, -EFBIG) : -ENOMEM;
		ns->list = p;
		ns->room = room;
	}
	if (asprintf(&name, "%.*s%s", (int)len, s, dir ? "/" : "") < 0)
		return -ENOMEM;
	ns->list[ns->n++] = name;
	ns->list[ns->n] = NULL;
	return 0;
}

char *fs_grub_name(const struct image *img, const struct part *p)
{
	char *s;
	int n;

	if (p->number == 0)
		return strdup("(loop0)");
	n = asprintf(&s, "(loop0,%s%u)", img->gpt ? "gpt" : "msdos", p->number);
	return n < 0 ? NULL : s;
}

int fs_open(struct fs *fs, struct image *img, const struct part *p, const char *fstest)
{
	ext2_filsys ext = NULL;
	errcode_t e;

	*fs = (struct fs){
		.img = img, .part = p, .fstest = fstest ? fstest : "grub-fstest"
	};
	if (!p->fs)
		return -EUCLEAN;
	if (strncmp(p->fs, "ext", 3) != 0)
		return 0;
	e = extio_open(img, p, false, &ext);
	fs->ext = ext;
	return extio_errno(e);
}

void fs_open_device(
	struct fs *fs, struct image *img, const char *device, const char *fstest)
{
	*fs = (struct fs){
		.img = img, .device = device, .fstest = fstest ? fstest : "grub-fstest"
	};
}

struct walk {
	struct names *ns;
	int error;
};

static int entry(
	struct ext2_dir_entry *de, int offset, int blocksize, char *buf, void *closure)
{
	struct walk *w = closure;
	size_t len = (size_t)ext2fs_dirent_name_len(de);

	(void)offset, (void)blocksize, (void)buf;
	if (memchr(de->name, '\0', len))
		len = strlen(de->name);
	w->error = names_add(
		w->ns, de->name, len, ext2fs_dirent_file_type(de) == EXT2_FT_DIR);
	return w->error ? DIRENT_ABORT : 0;
}

static int ext_list(ext2_filsys ext, const char *dir, struct names *ns)
{
	struct walk w = { .ns = ns };
	ext2_ino_t ino;
	errcode_t e;

	e = ext2fs_namei_follow(ext, EXT2_ROOT_INO, EXT2_ROOT_INO, dir, &ino);
	if (!e)
		e = ext2fs_dir_iterate(ext, ino, 0, NULL, entry, &w);
	return e ? extio_errno(e) : w.error;
}

/* Where the name begins in a line of "ls -l", whose time may be missing. */
static const char *name_in(const char *l)
{
	enum { COLUMN = 12, YEAR_TO_SECOND = 14 };
	const char *time, *end;

	/* a size that fills its column has no blank behind it */
	end = l + strcspn(l, " ");
	time = end - l >= COLUMN ? end : l + strnlen(l, COLUMN);
	if (*time != ' ')
		return time;
	end = time + 1 + strspn(time + 1, "0123456789");
	return end - time > YEAR_TO_SECOND && *end == ' ' ? end + 1 : time;
}

/*
 * The lines of "ls -l" are: size or DIR, in twelve columns, a time between blanks, or
 * none (a subvolume whose number is no file's), a name.
 */
static int parse_listing(char *text, struct names *ns)
{
	char *save = NULL;
	int r = 0;

	for (char *l = strtok_r(text, "\n", &save); l && r == 0;
		l = strtok_r(NULL, "\n", &save)) {
		bool dir = strncmp(l, "DIR ", 4) == 0;
		const char *name = name_in(l);
		size_t len = strlen(name);

		if (len > 0 && dir && name[len - 1] == '/')
			len--;
		if (len > 0)
			r = names_add(ns, name, len, dir);
	}
	return r;
}

/* The program reads the file that is open here, as one of which it may do nothing else.
 * Without a path it lists what devices there are. */
static int start(struct fs *fs, struct child *c, const char *const *options,
	const char *what, const char *path)
{
	const struct confine files = { { fs->img->fd }, 1, false };
	_cleanup_free_ char *dev = !path	? strdup("")
				   : fs->device ? strdup(fs->device)
						: fs_grub_name(fs->img, fs->part);
	_cleanup_free_ char *arg = NULL;
	bool list = strcmp(what, "ls") == 0;
	char image[32];
	const char *argv[12];
	int n = 0;

	if (!dev || asprintf(&arg, "%s%s", dev, path ? path : "") < 0)
		return -ENOMEM;
	confine_path(fs->img->fd, image);
	argv[n++] = fs->fstest;
	while (options && *options)
		argv[n++] = *options++;
	argv[n++] = image;
	argv[n++] = what;
	argv[n++] = "--";
	if (list && path)
		argv[n++] = "-l";
	if (path)
		argv[n++] = arg;
	argv[n] = NULL;
	/* that a file is not there is an answer here and no news for the terminal */
	return child_start_confined(c, argv, true, &files);
}

int fs_start(struct fs *fs, struct child *c, const char *what, const char *path)
{
	return start(fs, c, NULL, what, path);
}

static int grub_run(struct fs *fs, const char *const *options, const char *what,
	const char *path, size_t max, char **out, size_t *len)
{
	struct child c;
	int r = start(fs, &c, options, what, path);

	if (r < 0)
		return r;
	if ((r = child_wait(&c, max, out, len)) <= 0)
		return r;
	free(*out);
	*out = NULL;
	return r == 126 || r == 127 ? -ENOEXEC : -ENOENT;
}

static int grub_list(struct fs *fs, const char *dir, struct names *ns)
{
	_cleanup_free_ char *text = NULL, *path = NULL;
	size_t len;
	int r;

	if (asprintf(&path, "%s/", strcmp(dir, "/") == 0 ? "" : dir) < 0)
		return -ENOMEM;
	r = grub_run(fs, NULL, "ls", path, LISTING_MAX, &text, &len);
	return r < 0 ? r : parse_listing(text, ns);
}

/* As LVM lets them be: letters, digits and + _ . - are all that is in such a name. */
static bool logical_volume(const char *name)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789+_.-";
	size_t n;

	if (strncmp(name, "(lvm/", 5) != 0)
		return false;
	n = strspn(name + 5, allowed);
	return n && strcmp(name + 5 + n, ")") == 0;
}

int fs_devices(struct image *img, const char *fstest, char ***names)
{
	_cleanup_free_ char *text = NULL;
	struct names ns = { 0 };
	char *save = NULL;
	struct fs fs;
	size_t len;
	int r;

	fs_open_device(&fs, img, NULL, fstest);
	if ((r = grub_run(&fs, NULL, "ls", NULL, LISTING_MAX, &text, &len)) < 0)
		return r;
	for (char *w = strtok_r(text, " \n", &save); w && r == 0;
		w = strtok_r(NULL, " \n", &save))
		if (logical_volume(w))
			r = names_add(&ns, w, strlen(w), false);
	if (r == 0 && !ns.list && !(ns.list = calloc(1, sizeof(*ns.list))))
		r = -ENOMEM;
	if (r < 0)
		fs_free_names(ns.list);
	else
		*names = ns.list;
	return r;
}

int fs_list(struct fs *fs, const char *dir, char ***names)
{
	struct names ns = { 0 };
	int r = fs->ext ? ext_list(fs->ext, dir, &ns) : grub_list(fs, dir, &ns);

	if (r == 0 && !ns.list && !(ns.list = calloc(1, sizeof(*ns.list))))
		r = -ENOMEM;
	if (r < 0) {
		fs_free_names(ns.list);
		return r;
	}
	*names = ns.list;
	return 0;
}

void fs_free_names(char **names)
{
	for (char **p = names; p && *p; p++)
		free(*p);
	free(names);
}

bool fs_has(char *const *names, const char *name)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

/* All of a file, or of a larger one the first max bytes, if head; *size is the whole.
 */
static int ext_read(ext2_filsys ext, const char *path, size_t max, bool head,
	char **out, size_t *len, uint64_t *size)
{
	_cleanup_free_ char *buf = NULL;
	struct ext2_inode inode;
	ext2_file_t f;
	ext2_ino_t ino;
	unsigned got = 0;
	errcode_t e;

	e = ext2fs_namei_follow(ext, EXT2_ROOT_INO, EXT2_ROOT_INO, path, &ino);
	if (e || (e = ext2fs_read_inode(ext, ino, &inode)))
		return extio_errno(e);
	if (!LINUX_S_ISREG(inode.i_mode))
		return -EISDIR;
	*size = EXT2_I_SIZE(&inode);
	if (*size > max && !head)
		return -EFBIG;
	*len = *size > max ? max : (size_t)*size;
	if (!(buf = malloc(*len + 1)))
		return -ENOMEM;
	if ((e = ext2fs_file_open(ext, ino, 0, &f)))
		return extio_errno(e);
	e = ext2fs_file_read(f, buf, (unsigned)*len, &got);
	ext2fs_file_close(f);
	if (e || got != *len)
		return e ? extio_errno(e) : -EUCLEAN;
	buf[*len] = '\0';
	*out = steal_ptr(&buf);
	return 0;
}

int fs_read(struct fs *fs, const char *path, size_t max, char **out, size_t *len)
{
	uint64_t size;

	*out = NULL;
	if (fs->ext)
		return ext_read(fs->ext, path, max, false, out, len, &size);
	return grub_run(fs, NULL, "cat", path, max, out, len);
}

int fs_head(struct fs *fs, const char *path, size_t max, char **out, size_t *len,
	uint64_t *size)
{
	char number[24];
	const char *const only[] = { "-n", number, NULL };

	*out = NULL;
	*size = 0;
	if (fs->ext)
		return ext_read(fs->ext, path, max, true, out, len, size);
	snprintf(number, sizeof(number), "%zu", max);
	return grub_run(fs, only, "cat", path, max, out, len);
}

void fs_close(struct fs *fs)
{
	ext2_filsys ext = fs->ext;

	cleanup_ext(&ext);
	fs->ext = NULL;
}
