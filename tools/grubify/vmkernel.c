// SPDX-License-Identifier: MIT
#include "vmkernel.h"
#include "grubify.h"
#include "bytes.h"
#include "cleanup.h"
#include "diag.h"

#include <ctype.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

enum { DEP_MAX = 16 << 20, MODULE_MAX = 64 << 20, RELEASE_MAX = 128, DEPTH_MAX = 40 };

/* "virtio_blk" of "kernel/drivers/block/virtio-blk.ko.xz", n bytes long. */
static bool is_module(const char *path, size_t n, const char *name)
{
	const char *slash = memrchr(path, '/', n);
	const char *p = slash ? slash + 1 : path, *end = path + n;

	for (; p < end && *name; p++, name++)
		if ((*p == '-' ? '_' : *p) != (*name == '-' ? '_' : *name))
			return false;
	return !*name && end - p >= 3 && strncmp(p, ".ko", 3) == 0;
}

static bool has_line(const char *text, const char *path, size_t n)
{
	for (const char *l = text; l && *l;
		l = strchr(l, '\n') ? strchr(l, '\n') + 1 : NULL)
		if (strncmp(l, path, n) == 0 && l[n] == '\n')
			return true;
	return false;
}

/*
 * The line of a module in modules.dep is its path, a colon and all that it needs,
 * whatever is to be loaded first at the end.
 */
char *modules_for(const char *dep, const char *name, const char *done)
{
	const char *words[DEPTH_MAX * 4];
	size_t lens[DEPTH_MAX * 4], n = 0, len;
	_cleanup_free_ char *out = NULL;
	const char *l;
	FILE *f;

	for (l = dep; *l; l += strcspn(l, "\n"), l += *l == '\n') {
		len = strcspn(l, ":\n");
		if (l[len] == ':' && is_module(l, len, name))
			break;
	}
	while (*l && *l != '\n' && n < sizeof(words) / sizeof(*words)) {
		words[n] = l;
		lens[n++] = strcspn(l, ": \n");
		l += strcspn(l, ": \n");
		l += strspn(l, ": ");
	}
	if (!(f = open_memstream(&out, &len)))
		return NULL;
	while (n-- > 0)
		if (!has_line(done, words[n], lens[n]))
			fprintf(f, "%.*s\n", (int)lens[n], words[n]);
	return fclose(f) == 0 ? steal_ptr(&out) : NULL;
}

static bool ends(const char *s, const char *tail)
{
	size_t n = strlen(s), t = strlen(tail);

	return n > t && strcmp(s + n - t, tail) == 0;
}

/* As it is to be loaded: what packs it has a program that takes that off. */
static int add_module(struct ramdisk *r, const char *path, const char *name)
{
	const char *const argv[] = { ends(path, ".xz")	  ? "xz"
				     : ends(path, ".zst") ? "zstd"
							  : "gzip",
		"-dc", path, NULL };
	_cleanup_free_ char *data = NULL;
	struct child c;
	size_t len;
	int n;

	if (ends(path, ".ko"))
		return ramdisk_file(r, name, 0644, path);
	if ((n = child_start(&c, argv, true)) < 0 ||
		(n = child_wait(&c, MODULE_MAX, &data, &len)) < 0)
		return n;
	return n == 0 ? ramdisk_data(r, name, 0644, data, len) : -EIO;
}

/* Each line of list; number counts on, so that names stay apart. */
static int add_all(
	const char *dir, struct ramdisk *r, char *list, FILE *order, unsigned *number)
{
	char *save = NULL;
	int n = 0;

	for (char *l = strtok_r(list, "\n", &save); l && n == 0;
		l = strtok_r(NULL, "\n", &save)) {
		_cleanup_free_ char *path = NULL, *name = NULL;

		if (asprintf(&path, "%s/%s", dir, l) < 0 ||
			asprintf(&name, "modules/%u.ko", ++*number) < 0)
			return -ENOMEM;
		fprintf(order, "/%s\n", name);
		n = add_module(r, path, name);
	}
	return n;
}

int vmkernel_modules(
	const struct vmkernel *k, struct ramdisk *r, const char *const *want)
{
	_cleanup_free_ char *path = NULL, *done = strdup(""), *order = NULL;
	struct blob dep = { 0 };
	unsigned number = 0;
	size_t len;
	FILE *f;
	int n;

	if (!done || asprintf(&path, "%s/modules.dep", k->modules) < 0)
		return -ENOMEM;
	if ((n = blob_read(&dep, path, DEP_MAX)) < 0)
		return n;
	if (!(f = open_memstream(&order, &len)))
		n = -ENOMEM;
	for (; n == 0 && *want; want++) {
		_cleanup_free_ char *more = modules_for(dep.data, *want, done);
		char *all;

		if (!more || asprintf(&all, "%s%s", done, more) < 0) {
			n = -ENOMEM;
			break;
		}
		free(done);
		done = all;
		n = add_all(k->modules, r, more, f, &number);
	}
	free(dep.data);
	if (f && fclose(f) != 0 && n == 0)
		n = -ENOMEM;
	return n < 0 ? n : ramdisk_data(r, "modules/order", 0644, order, len);
}

/* The release that a bzImage says it is: its header points to the words. */
static int release_of(const char *path, char out[RELEASE_MAX])
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char h[14];

	if (fd < 0)
		return -errno;
	/* at 0x202 "HdrS", at 0x20e where the words are, counted from 0x200 */
	if (read_at(fd, 0x202, h, sizeof(h)) < 0 || memcmp(h, "HdrS", 4) != 0 ||
		read_at(fd, 0x200U + get_le16(h + 12), out, RELEASE_MAX - 1) < 0)
		return -ENOEXEC;
	out[RELEASE_MAX - 1] = '\0';
	out[strcspn(out, " \n\t")] = '\0';
	return strchr(out, '/') || !*out ? -ENOEXEC : 0;
}

static bool is_folder_of_modules(const char *dir)
{
	_cleanup_free_ char *dep = NULL;

	return asprintf(&dep, "%s/modules.dep", dir) > 0 && access(dep, R_OK) == 0;
}

/* Installed, or beside the kernel in an unpacked package. */
static char *modules_of(const char *kernel)
{
	_cleanup_free_ char *dir = strdup(kernel);
	char release[RELEASE_MAX], *slash = dir ? strrchr(dir, '/') : NULL;

	if (!dir || release_of(kernel, release) < 0)
		return NULL;
	if (slash)
		*slash = '\0';
	for (int i = 0; i < 3; i++) {
		const char *base = i == 0 ? "" : slash ? dir : ".";
		const char *sub = i == 2 ? "/../usr" : i == 1 ? "/.." : "";
		char *s;

		if (asprintf(&s, "%s%s/lib/modules/%s", base, sub, release) < 0)
			return NULL;
		if (is_folder_of_modules(s))
			return s;
		free(s);
	}
	return NULL;
}

static bool take(struct vmkernel *k, const char *kernel)
{
	if (access(kernel, R_OK) < 0)
		return false;
	k->modules = modules_of(kernel);
	k->path = k->modules ? strdup(kernel) : NULL;
	return k->path;
}

/* The newest that fits the pattern. */
static bool take_newest(struct vmkernel *k, const char *pattern)
{
	bool found = false;
	glob_t g;

	if (glob(pattern, GLOB_NOSORT, NULL, &g) != 0)
		return false;
	while (!found) {
		char **best = NULL;

		for (size_t i = 0; i < g.gl_pathc; i++)
			if (*g.gl_pathv[i] &&
				(!best || strverscmp(g.gl_pathv[i], *best) > 0))
				best = &g.gl_pathv[i];
		if (!best)
			break;
		found = take(k, *best);
		**best = '\0';
	}
	globfree(&g);
	return found;
}

/* Of this machine; beside our own programs' downloads, if need be. */
static char *cache_folder(void)
{
	const char *own = getenv("SEEDBED_CACHE"), *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	char *s;
	int n;

	if (own && *own)
		n = asprintf(&s, "%s/guest", own);
	else if (xdg && *xdg)
		n = asprintf(&s, "%s/seedbed/guest", xdg);
	else
		n = asprintf(&s, "%s/.cache/seedbed/guest", home && *home ? home : "");
	return n < 0 ? NULL : s;
}

static bool take_cached(struct vmkernel *k, const char *cache)
{
	_cleanup_free_ char *pattern = NULL;

	/* what was not fetched whole has no such file */
	return asprintf(&pattern, "%s/*_*/boot/vmlinuz-*", cache) > 0 &&
	       take_newest(k, pattern);
}

static int quietly(const char *const argv[], char **out)
{
	_cleanup_free_ char *text = NULL;
	struct child c;
	size_t len;
	int r = child_start(&c, argv, true);

	if (r == 0)
		r = child_wait(&c, DEP_MAX, &text, &len);
	if (r == 0 && out)
		*out = steal_ptr(&text);
	return r;
}

/* The package that linux-image-cloud-amd64 stands for at the time. */
static char *package_name(void)
{
	static const char *const argv[] = { "apt-cache", "depends",
		"linux-image-cloud-amd64", NULL };
	static const char head[] = "Depends: linux-image-";
	_cleanup_free_ char *text = NULL;
	const char *at;

	if (quietly(argv, &text) != 0 || !(at = strstr(text, head)))
		return NULL;
	at += strlen("Depends: ");
	return strndup(at, strcspn(at, " \n"));
}

static int make_folders(char *path)
{
	for (char *p = path + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST) {
			*p = '/';
			return -errno;
		}
	}
	return mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

/* Into work, unpacked there, with a list of what its modules need. */
static int unpack(const char *work, const char *package, glob_t *g)
{
	_cleanup_free_ char *chdir = NULL, *pattern = NULL, *kernel = NULL, *lib = NULL;
	char release[RELEASE_MAX];
	glob_t k = { 0 };
	int r;

	if (asprintf(&chdir, "--chdir=%s", work) < 0 ||
		asprintf(&pattern, "%s/*.deb", work) < 0 ||
		asprintf(&kernel, "%s/boot/vmlinuz-*", work) < 0 ||
		asprintf(&lib, "%s/lib", work) < 0)
		return -ENOMEM;
	const char *const get[] = { "env", chdir, "apt-get", "-q", "download", package,
		NULL };

	if ((r = quietly(get, NULL)) || glob(pattern, 0, NULL, g) != 0)
		return r < 0 ? r : -ENOENT;
	const char *const take_out[] = { "dpkg-deb", "-x", g->gl_pathv[0], work, NULL };

	if (quietly(take_out, NULL) != 0 || glob(kernel, 0, NULL, &k) != 0)
		return -EIO;
	r = release_of(k.gl_pathv[0], release);
	globfree(&k);
	if (r < 0)
		return r;
	if (symlink("usr/lib", lib) < 0 && errno != EEXIST)
		return -errno;
	const char *const list[] = { "depmod", "-b", work, release, NULL };

	r = quietly(list, NULL);
	return r == 0 ? 0 : r < 0 ? r : -EIO;
}

/* Under its name only when it is whole: others may do the same at the time. */
static int publish(const char *cache, const char *work, const char *deb)
{
	_cleanup_free_ char *to = NULL, *mark = NULL;
	const char *name = strrchr(deb, '/') + 1;
	int fd;

	if (asprintf(&mark, "%s/complete", work) < 0 ||
		asprintf(&to, "%s/%.*s", cache,
			(int)(strlen(name) - strlen("_amd64.deb")), name) < 0)
		return -ENOMEM;
	unlink(deb);
	fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || close(fd) < 0 || chmod(work, 0755) < 0)
		return -errno;
	return rename(work, to) < 0 && errno != EEXIST && errno != ENOTEMPTY ? -errno
									     : 0;
}

static int fetch(char *cache)
{
	_cleanup_free_ char *package = package_name(), *work = NULL;
	glob_t g = { 0 };
	int r;

	if (!package || asprintf(&work, "%s/.new.XXXXXX", cache) < 0)
		return package ? -ENOMEM : -ENOENT;
	if ((r = make_folders(cache)) < 0)
		return r;
	if (!mkdtemp(work))
		return -errno;
	const char *const away[] = { "rm", "-rf", work, NULL };

	diag("fetching %s by apt into %s, once", package, cache);
	if ((r = unpack(work, package, &g)) == 0)
		r = publish(cache, work, g.gl_pathv[0]);
	globfree(&g);
	quietly(away, NULL);
	return r;
}

static bool of_this_machine(struct vmkernel *k)
{
	char path[sizeof(((struct utsname *)0)->release) + 32];
	struct utsname u;

	if (uname(&u) == 0) {
		snprintf(path, sizeof(path), "/boot/vmlinuz-%s", u.release);
		if (take(k, path))
			return true;
		snprintf(path, sizeof(path), "/lib/modules/%s/vmlinuz", u.release);
		if (take(k, path))
			return true;
	}
	return take_newest(k, "/boot/vmlinuz-*") ||
	       take_newest(k, "/lib/modules/*/vmlinuz");
}

static int named(
	struct vmkernel *k, const char *kernel, const char *modules, char **why)
{
	char release[RELEASE_MAX];
	int r = release_of(kernel, release);

	if (r < 0) {
		if (asprintf(why, "%s: %s", kernel,
			    r == -ENOEXEC ? "no kernel for x86 (bzImage)"
					  : strerror(-r)) < 0)
			*why = NULL;
		return r;
	}
	k->path = strdup(kernel);
	k->modules = modules ? strdup(modules) : modules_of(kernel);
	if (k->path && k->modules && is_folder_of_modules(k->modules))
		return 0;
	if (asprintf(why, "%s: %s: no modules.dep there%s", kernel,
		    modules ? modules : "/lib/modules",
		    modules ? "" : ": name the folder by --modules") < 0)
		*why = NULL;
	return -ENOENT;
}

int vmkernel_find(
	struct vmkernel *k, const char *kernel, const char *modules, char **why)
{
	_cleanup_free_ char *cache = cache_folder();
	int r;

	*k = (struct vmkernel){ 0 };
	*why = NULL;
	if (kernel)
		return named(k, kernel, modules, why);
	if (!cache)
		return -ENOMEM;
	if (of_this_machine(k) || take_cached(k, cache))
		return 0;
	r = fetch(cache);
	if (r == 0 && take_cached(k, cache))
		return 0;
	if (asprintf(why,
		    "no kernel with modules in /boot, /lib/modules or %s, and none "
		    "from apt (%s): name one by --kernel",
		    cache, strerror(r < 0 ? -r : ENOENT)) < 0)
		*why = NULL;
	return -ENOENT;
}

void vmkernel_free(struct vmkernel *k)
{
	free(k->path);
	free(k->modules);
	*k = (struct vmkernel){ 0 };
}
