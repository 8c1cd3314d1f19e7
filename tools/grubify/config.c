// SPDX-License-Identifier: MIT
#include "grubify.h"
#include "bootcfg.h"
#include "cleanup.h"
#include "fsread.h"
#include "kernels.h"
#include "roles.h"
#include "shellvars.h"

#include <strings.h>
#include <string.h>

enum { TEXT_MAX = 16 << 20 };

static char *in_root(const struct plan *pl, const char *path)
{
	char *s;

	return asprintf(&s, "%s%s", pl->subvol, path) < 0 ? NULL : s;
}

/* The text of a file of the root, NULL if there is none. */
static char *root_text(struct plan *pl, const char *path)
{
	_cleanup_free_ char *full = in_root(pl, path);
	char *text = NULL;
	struct fs fs;
	size_t len;

	if (full && fs_open(&fs, pl->root_img, pl->root, pl->grub.fstest) == 0 &&
		fs_read(&fs, full, TEXT_MAX, &text, &len) < 0)
		text = NULL;
	fs_close(&fs);
	/* a text ends at its first NUL, as it does for those who read it later */
	return text;
}

/* Which subvolume is the root, unless a mount takes it anyway or it is said already. */
static char *subvol_arg(const struct plan *pl, const char *all, const char *usual)
{
	char *s;

	if (!pl->subvol[0] || pl->root->subvol_default || strstr(all, "rootflags=") ||
		strstr(usual, "rootflags="))
		return strdup("");
	return asprintf(&s, "rootflags=subvol=%s", pl->subvol + 1) < 0 ? NULL : s;
}

static void left_out(void *arg, const char *file, int line)
{
	note(arg, "%s:%d: was not evaluated: it takes a shell", file, line);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* After /etc/default/grub come the files of grub.d, in a shell's order. */
static int read_dropins(struct plan *pl, struct shellvars *sv)
{
	static const char dir[] = "/etc/default/grub.d";
	_cleanup_free_ char *full = in_root(pl, dir);
	char **names = NULL;
	struct fs fs;
	size_t n = 0;
	int r = full ? 0 : -ENOMEM;

	if (r < 0 || fs_open(&fs, pl->root_img, pl->root, pl->grub.fstest) < 0)
		return r;
	if (fs_list(&fs, full, &names) < 0)
		names = NULL;
	fs_close(&fs);
	while (names && names[n])
		n++;
	if (n > 0)
		qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; r == 0 && i < n; i++) {
		_cleanup_free_ char *path = NULL, *text = NULL;
		size_t len = strlen(names[i]);

		if (names[i][0] == '.' || len < 5 ||
			strcmp(names[i] + len - 4, ".cfg") != 0)
			continue;
		if (asprintf(&path, "%s/%s", dir, names[i]) < 0)
			r = -ENOMEM;
		else if ((text = root_text(pl, path)))
			r = shellvars_read(sv, path, text);
	}
	fs_free_names(names);
	return r;
}

/* A variable's value; where the last one took a shell, that is said. */
static const char *default_value(
	struct plan *pl, const struct shellvars *sv, const char *name)
{
	const struct shellvar *v = shellvars_get(sv, name);

	if (v && v->file)
		note(pl, "%s:%d: %s was not evaluated: it takes a shell", v->file,
			v->line, name);
	return v && v->value ? v->value : "";
}

/* What the system itself asks its kernels to be told. */
static char *kernel_args(struct plan *pl)
{
	static const char file[] = "/etc/default/grub";
	_cleanup_(shellvars_free) struct shellvars sv = { .left_out = left_out,
		.arg = pl };
	_cleanup_free_ char *text = root_text(pl, file);
	_cleanup_free_ char *subvol = NULL;
	const char *all, *usual;
	char *s;

	if ((text && shellvars_read(&sv, file, text) < 0) || read_dropins(pl, &sv) < 0)
		return NULL;
	all = default_value(pl, &sv, "GRUB_CMDLINE_LINUX");
	usual = default_value(pl, &sv, "GRUB_CMDLINE_LINUX_DEFAULT");
	if (!(subvol = subvol_arg(pl, all, usual)))
		return NULL;
	return asprintf(&s, "%s %s %s", subvol, all, usual) < 0 ? NULL : s;
}

static bool same(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

/* Whether another partition has it, too: then it is nobody's name. */
static bool has_twin(const struct plan *pl, const struct part *p, bool uuid)
{
	const char *own = uuid ? p->uuid : p->partuuid;
	int n = 0;

	for (unsigned i = 0; i < pl->img.n; i++) {
		const struct part *q = &pl->img.parts[i];

		n += same(own, uuid ? q->uuid : q->partuuid);
	}
	return n > 1;
}

/* By what the kernel is to find its root: with an initrd, and without. */
static int name_root(struct plan *pl, char **root, char **plain)
{
	const struct part *p = pl->root;

	if (p->partuuid && *p->partuuid && !has_twin(pl, p, false) &&
		asprintf(plain, "PARTUUID=%s", p->partuuid) < 0)
		return broken(pl, -ENOMEM, "menu");
	if (pl->root_spec)
		*root = strdup(pl->root_spec);
	else if (p->uuid && *p->uuid && !has_twin(pl, p, true))
		*root = asprintf(root, "UUID=%s", p->uuid) < 0 ? NULL : *root;
	else if (*plain)
		*root = strdup(*plain);
	else
		return refuse(pl, ST_NO_ROOT,
			"%s: neither its UUID nor its PARTUUID is its own: the menu "
			"has "
			"nothing to call it by; next: tune2fs -U random (ext), "
			"sfdisk --disk-id or --part-uuid",
			where(pl, p).s);
	return *root ? 0 : broken(pl, -ENOMEM, "menu");
}

static int make_menu(
	struct plan *pl, char **names, const char *existing, const char *no_kernels)
{
	_cleanup_free_ char *args = kernel_args(pl), *root = NULL, *plain = NULL;
	_cleanup_free_ char *demoted = NULL;
	struct menu m = { .existing = existing };
	int n, r;

	if (!args)
		return broken(pl, -ENOMEM, "menu");
	if ((r = name_root(pl, &root, &plain)))
		return r;
	/* GRUB's own root is right already where the UUID would find another one */
	m.search = has_twin(pl, pl->boot_part, true) ? NULL : pl->boot_part->uuid;
	m.folder = pl->boot;
	m.root = root;
	m.root_plain = plain;
	m.args = args;
	pl->config.data = menu_make(&m, names, &n, &demoted);
	if (!pl->config.data && *no_kernels)
		return refuse(pl, ST_NO_KERNEL,
			"%s: no grub.cfg, and no x86 kernel (bzImage) in %s: %s: "
			"install "
			"one into the image first",
			where(pl, pl->boot_part).s, *pl->boot ? pl->boot : "/",
			no_kernels);
	if (!pl->config.data)
		return refuse(pl, ST_NO_KERNEL,
			"%s: no grub.cfg, and no kernel in %s to make one for%s: "
			"install "
			"one into the image first, or name another partition by --root",
			where(pl, pl->boot_part).s, *pl->boot ? pl->boot : "/",
			plain ? "" : " (one without an initrd needs a PARTUUID)");
	if (*no_kernels)
		note(pl, "left out of the menu: %s", no_kernels);
	if (demoted)
		note(pl, "%s has no initrd: it is in the menu, and not what boots",
			demoted);
	pl->config.len = strlen(pl->config.data);
	return 0;
}

/* Why that can't be loaded as a kernel or, with initrd, as that. NULL: it can be. */
static const char *file_fault(struct fs *fs, const char *path, bool initrd)
{
	_cleanup_free_ char *head = NULL;
	uint64_t size;
	size_t len;
	int r = fs_head(fs, path, KERNEL_HEAD, &head, &len, &size);

	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP)
		return "no such file";
	if (r == -EISDIR)
		return "no file";
	if (r < 0)
		return "not readable";
	return initrd ? len == 0 ? "empty" : NULL : kernel_fault(head, len, size);
}

/*
 * Names of what would not load are taken out; *faults is a list of the kernels among
 * them, with what is wrong.
 */
static int sort_out(struct fs *fs, const char *dir, char **names, char **faults)
{
	size_t keep = 0, len;
	FILE *f = open_memstream(faults, &len);

	if (!f)
		return -ENOMEM;
	for (size_t i = 0; names[i]; i++) {
		bool kernel = kernel_is_named(names[i]);
		_cleanup_free_ char *path = NULL;
		const char *fault = NULL;

		if (kernel || initrd_is_named(names[i])) {
			if (asprintf(&path, "%s/%s", strcmp(dir, "/") == 0 ? "" : dir,
				    names[i]) < 0)
				break;
			fault = file_fault(fs, path, !kernel);
		}
		if (!fault) {
			names[keep++] = names[i];
			continue;
		}
		if (kernel)
			fprintf(f, "%s%s (%s)", ftell(f) > 0 ? ", " : "", names[i],
				fault);
		free(names[i]);
	}
	names[keep] = NULL;
	return fclose(f) == 0 ? 0 : -ENOMEM;
}

static int new_menu(struct plan *pl, struct fs *fs, bool rewrite)
{
	const char *dir = *pl->boot ? pl->boot : "/";
	_cleanup_free_ char *existing = NULL, *faults = NULL;
	char **names = NULL;
	int r;

	if (asprintf(&existing, "%s/grub.cfg", pl->folder) < 0)
		return broken(pl, -ENOMEM, "menu");
	if (fs_list(fs, dir, &names) < 0 && !(names = calloc(1, sizeof(*names))))
		return broken(pl, -ENOMEM, "menu");
	r = sort_out(fs, dir, names, &faults);
	/* one inside the core gives way to one that an update makes later */
	r = r < 0 ? broken(pl, r, "menu")
		  : make_menu(
			    pl, names, pl->copied || rewrite ? NULL : existing, faults);
	fs_free_names(names);
	return r;
}

static bool begins(const char *s, const char *head)
{
	return strncmp(s, head, strlen(head)) == 0;
}

/* Whether there is more in the image than we see: a volume, an array, what is locked.
 */
static bool is_deep(const struct plan *pl)
{
	bool deep = pl->root_img != &pl->img;

	for (unsigned i = 0; i < pl->img.n; i++)
		deep |= part_needs_kernel(&pl->img.parts[i]);
	return deep;
}

/* A device that only the machine has, which made the menu. */
static bool is_builders(const char *dev, bool deep)
{
	static const char *const always[] = { "/dev/loop", "/dev/dm-", "/dev/nbd" };
	static const char *const shallow[] = { "/dev/mapper/", "/dev/md" };
	/* controllers with folders of their own: a matter of the machine it runs on */
	static const char *const folders[] = { "/dev/disk/", "/dev/block/",
		"/dev/cciss/", "/dev/ida/", "/dev/rd/", "/dev/ataraid/", "/dev/i2o/",
		"/dev/zvol/" };

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (begins(dev, always[i]))
			return true;
	for (size_t i = 0; i < sizeof(shallow) / sizeof(*shallow); i++)
		if (begins(dev, shallow[i]))
			return !deep;
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (begins(dev, folders[i]))
			return false;
	/* a volume of a group */
	return begins(dev, "/dev/") && strchr(dev + 5, '/') && !deep;
}

/* root=UUID= and the like, also as a link in /dev/disk: whether that is in the image.
 */
static bool is_foreign(struct plan *pl, const char *spec, bool deep)
{
	static const struct {
		const char *link, *prefix;
	} known[] = { { "/dev/disk/by-uuid/", "UUID=" },
		{ "/dev/disk/by-label/", "LABEL=" },
		{ "/dev/disk/by-partuuid/", "PARTUUID=" },
		{ "/dev/disk/by-partlabel/", "PARTLABEL=" } };
	_cleanup_free_ char *as_spec = NULL;
	bool named = false;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		size_t n = strlen(known[i].link);

		named |= begins(spec, known[i].prefix) || begins(spec, known[i].link);
		if (begins(spec, known[i].link) &&
			asprintf(&as_spec, "%s%s", known[i].prefix, spec + n) < 0)
			return false;
	}
	if (!as_spec)
		as_spec = strdup(spec);
	if (!named || !as_spec)
		return false;
	/* so many partitions further than that one */
	as_spec[strcspn(as_spec, begins(as_spec, "PARTUUID=") ? "/" : "")] = '\0';
	return !roles_resolve(&pl->img, as_spec) &&
	       !roles_resolve(pl->root_img, as_spec) &&
	       (!deep || begins(as_spec, "PART"));
}

/* What GRUB would make of a file's name; "no such file" only if no filesystem has it.
 */
static const char *missing(struct plan *pl, const struct bootline *l)
{
	const char *path = l->file, *fault = NULL;
	struct image *imgs[] = { pl->boot_img, pl->root_img };
	const struct part *parts[] = { pl->boot_part, pl->root };

	/* another disk's, or a place in the file: not ours to judge */
	if (*path != '/' || is_deep(pl))
		return NULL;
	for (unsigned i = 0; i < 2 + pl->img.n; i++) {
		const struct part *p = i < 2 ? parts[i] : &pl->img.parts[i - 2];
		struct image *img = i < 2 ? imgs[i] : &pl->img;
		const char *is;
		struct fs fs;

		if (!p->fs || p->extended || p->past_end ||
			(i == 1 && p == pl->boot_part) ||
			(i >= 2 && (p == pl->boot_part || p == pl->root)))
			continue;
		if (fs_open(&fs, img, p, pl->grub.fstest) < 0)
			continue;
		is = file_fault(&fs, path, l->initrd || l->any);
		fs_close(&fs);
		if (!is || strcmp(is, "not readable") == 0)
			return NULL;
		if (!fault || strcmp(is, "no such file") != 0)
			fault = is;
	}
	return fault;
}

/* 0, or refused: a line by which nothing boots. */
static int check_line(struct plan *pl, const struct bootline *l)
{
	static const char next[] = "; --new-config writes another";
	const char *fault;
	bool deep = is_deep(pl);

	if (l->root && is_builders(l->root, deep))
		return refuse(pl, ST_BAD_CONFIG,
			"%s: %s/grub.cfg:%d: names %s, a device of the machine that "
			"made "
			"it%s",
			where(pl, pl->boot_part).s, pl->folder, l->line, l->root, next);
	if (l->root && is_foreign(pl, l->root, deep))
		return refuse(pl, ST_BAD_CONFIG,
			"%s: %s/grub.cfg:%d: root=%s: no partition of this image is "
			"called that%s",
			where(pl, pl->boot_part).s, pl->folder, l->line, l->root, next);
	if (l->file && (fault = missing(pl, l)))
		return refuse(pl, ST_BAD_CONFIG, "%s: %s/grub.cfg:%d: %s: %s%s",
			where(pl, pl->boot_part).s, pl->folder, l->line, l->file, fault,
			next);
	return 0;
}

static int check_menu(struct plan *pl, const struct bootcfg *cfg)
{
	_cleanup_free_ char *mod = NULL;
	int r = 0;

	if (asprintf(&mod, "%s/i386-pc/blscfg.mod", pl->grub.dir) < 0)
		return broken(pl, -ENOMEM, "menu");
	if (cfg->blscfg && access(mod, F_OK) != 0)
		return refuse(pl, ST_BAD_CONFIG,
			"%s: %s/grub.cfg: its entries are for blscfg, which this GRUB "
			"does not have; --new-config writes another",
			where(pl, pl->boot_part).s, pl->folder);
	for (size_t i = 0; r == 0 && !cfg->other && i < cfg->n; i++)
		r = check_line(pl, &cfg->list[i]);
	return r;
}

/* One that is there, and says what to boot, is believed if that can be. */
static int use_menu(struct plan *pl, struct fs *fs, const char *text)
{
	_cleanup_(bootcfg_free) struct bootcfg cfg = { 0 };
	int r = bootcfg_parse(&cfg, text);

	if (r < 0)
		return broken(pl, r, "menu");
	/* one within the core would call it, and so end at GRUB's prompt, too */
	return cfg.empty ? new_menu(pl, fs, true) : check_menu(pl, &cfg);
}

/* grub-pc would ask for, or fail on, a disk that only the builder has. */
static void plan_debconf(struct plan *pl)
{
	_cleanup_free_ char *text = root_text(pl, "/var/cache/debconf/config.dat");
	_cleanup_free_ char *device = NULL;

	if (!text || !(pl->targets & TARGET_BIOS))
		return;
	pl->debconf.data = debconf_forget(text, &device);
	if (!pl->debconf.data)
		return;
	pl->debconf.len = strlen(pl->debconf.data);
	if (pl->mounted || strncmp(pl->root->fs, "ext", 3) == 0)
		return;
	note(pl,
		"grub-pc inside remembers %s as its disk, which can't be changed on "
		"%s: run dpkg-reconfigure grub-pc there",
		device ? device : "a device", pl->root->fs);
	free(steal_ptr(&pl->debconf.data));
}

int config_plan(struct plan *pl, bool rewrite)
{
	_cleanup_free_ char *text = NULL, *path = NULL;
	struct fs fs;
	size_t len;
	int r;

	if (asprintf(&path, "%s/grub.cfg", pl->folder) < 0)
		return broken(pl, -ENOMEM, "menu");
	r = fs_open(&fs, pl->boot_img, pl->boot_part, pl->grub.fstest);
	if (r == 0 || r == -EOPNOTSUPP)
		r = fs_read(&fs, path, TEXT_MAX, &text, &len);
	if (r == 0 && !rewrite)
		r = use_menu(pl, &fs, text);
	else if (r == 0 || r == -ENOENT || r == -ENOTDIR || r == -ELOOP)
		r = new_menu(pl, &fs, rewrite);
	else if (r == -EISDIR)
		r = refuse(pl, ST_IN_THE_WAY, "%s: %s is no file: move it away",
			where(pl, pl->boot_part).s, path);
	else
		r = broken(pl, r, path);
	fs_close(&fs);
	if (r == 0)
		plan_debconf(pl);
	return r;
}
