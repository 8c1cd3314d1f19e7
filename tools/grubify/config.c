#include "grubify.h"
#include "cleanup.h"
#include "fsread.h"
#include "kernels.h"

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

	if (!pl->subvol[0] || pl->root->subvol_default ||
		(all && strstr(all, "rootflags=")) ||
		(usual && strstr(usual, "rootflags=")))
		return strdup("");
	return asprintf(&s, "rootflags=subvol=%s", pl->subvol + 1) < 0 ? NULL : s;
}

static const char *blank_before(const char *s)
{
	return s && *s ? " " : "";
}

/* What the system itself asks its kernels to be told. */
static char *kernel_args(struct plan *pl)
{
	_cleanup_free_ char *text = root_text(pl, "/etc/default/grub");
	_cleanup_free_ char *all = NULL, *usual = NULL, *subvol = NULL;
	char *s;
	int n;

	if (text) {
		all = default_value(text, "GRUB_CMDLINE_LINUX");
		usual = default_value(text, "GRUB_CMDLINE_LINUX_DEFAULT");
	}
	if (!(subvol = subvol_arg(pl, all, usual)))
		return NULL;
	n = asprintf(&s, "%s%s%s%s%s", subvol, *subvol ? blank_before(all) : "",
		all ? all : "", *subvol || (all && *all) ? blank_before(usual) : "",
		usual ? usual : "");
	return n < 0 ? NULL : s;
}

static int make_menu(struct plan *pl, char **names, const char *existing)
{
	_cleanup_free_ char *args = kernel_args(pl), *root = NULL, *plain = NULL;
	struct menu m = { .search = pl->home->uuid, .existing = existing };
	int n;

	if (!args ||
		asprintf(&root, "%s%s", pl->root_spec ? pl->root_spec : "UUID=",
			!pl->root_spec && pl->root->uuid ? pl->root->uuid : "") < 0 ||
		asprintf(&plain, "PARTUUID=%s",
			pl->root->partuuid ? pl->root->partuuid : "") < 0)
		return broken(pl, -ENOMEM, "menu");
	m.folder = pl->boot;
	m.root = root;
	m.root_plain = plain;
	m.args = args;
	pl->config.data = menu_make(&m, names, &n);
	if (!pl->config.data)
		return refuse(pl, ST_NO_KERNEL,
			"%s: no grub.cfg, and no kernel in %s to make one for",
			where(pl, pl->home).s, *pl->boot ? pl->boot : "/");
	pl->config.len = strlen(pl->config.data);
	return 0;
}

static int new_menu(struct plan *pl, struct fs *fs, bool rewrite)
{
	const char *dir = *pl->boot ? pl->boot : "/";
	_cleanup_free_ char *existing = NULL;
	char **names = NULL;
	int r;

	if (asprintf(&existing, "%s/grub.cfg", pl->folder) < 0)
		return broken(pl, -ENOMEM, "menu");
	if (fs_list(fs, dir, &names) < 0 && !(names = calloc(1, sizeof(*names))))
		return broken(pl, -ENOMEM, "menu");
	/* one inside the core gives way to one that an update makes later */
	r = make_menu(pl, names, pl->copied || rewrite ? NULL : existing);
	fs_free_names(names);
	return r;
}

static int check_menu(struct plan *pl, const char *text)
{
	char dev[128];
	/* what we see only through maps has its own names for them */
	bool maps = pl->root_img != &pl->img;
	int line = config_names_builder(text, maps, dev, sizeof(dev));

	return line == 0 ? 0
			 : refuse(pl, ST_BAD_CONFIG,
				   "%s: %s/grub.cfg:%d: names %s, a device of the "
				   "machine that made it; --new-config writes another",
				   where(pl, pl->home).s, pl->folder, line, dev);
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
	r = fs_open(&fs, pl->home_img, pl->home, pl->grub.fstest);
	if (r == 0 || r == -EOPNOTSUPP)
		r = fs_read(&fs, path, TEXT_MAX, &text, &len);
	if (r == 0 && !rewrite)
		r = check_menu(pl, text);
	else if (r == 0 || r == -ENOENT || r == -ENOTDIR)
		r = new_menu(pl, &fs, rewrite);
	else
		r = broken(pl, r, path);
	fs_close(&fs);
	if (r == 0)
		plan_debconf(pl);
	return r;
}
