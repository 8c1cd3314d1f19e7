#include "grubify.h"
#include "cleanup.h"
#include "run.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum { CORE_MAX = 64 << 20 };

static const char base[] = "/mnt"; /* within the namespace, anyone's */
static const char home_dir[] = "/mnt/home", esp_dir[] = "/mnt/esp",
		  root_dir[] = "/mnt/root";

static int own_namespace(void)
{
	if (unshare(CLONE_NEWNS) < 0 ||
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("grubify", base, "tmpfs", 0, "mode=700,size=64k") < 0 ||
		mkdir(home_dir, 0700) < 0 || mkdir(esp_dir, 0700) < 0 ||
		mkdir(root_dir, 0700) < 0)
		return -errno;
	return 0;
}

static int mount_part(const struct part *p, const char *node, const char *dir)
{
	/* from the top, as our paths are, and not what its default is */
	const char *options = strcmp(p->fs, "btrfs") == 0 ? "subvolid=5" : NULL;

	return mount(node, dir, p->fs, MS_NODEV | MS_NOSUID | MS_NOEXEC, options) < 0
		       ? -errno
		       : 0;
}

/* No link in an image leads the writer out of it. */
static int open_beneath(const char *dir, const char *path, int flags)
{
	_cleanup_close_ int at = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_free_ char *copy = strdup(path);
	char *save = NULL, *s, *next;

	if (at < 0 || !copy)
		return at < 0 ? -errno : -ENOMEM;
	for (s = strtok_r(copy, "/", &save); s; s = next) {
		int fd;

		next = strtok_r(NULL, "/", &save);
		if (next && (flags & O_CREAT) && mkdirat(at, s, 0755) < 0 &&
			errno != EEXIST)
			return -errno;
		fd = openat(at, s,
			O_CLOEXEC | O_NOFOLLOW | (next ? O_PATH | O_DIRECTORY : flags),
			0644);
		if (fd < 0)
			return -errno;
		close(at);
		at = fd;
	}
	return steal_fd(&at);
}

static int put(const char *dir, const char *path, const char *data, size_t len)
{
	_cleanup_close_ int fd = open_beneath(dir, path, O_WRONLY | O_CREAT | O_TRUNC);
	ssize_t n = fd < 0 ? fd : write(fd, data, len);

	if (fd < 0)
		return fd;
	return n == (ssize_t)len && fsync(fd) == 0 ? 0 : n < 0 ? -errno : -ENOSPC;
}

static char *under(const struct plan *pl, const char *name)
{
	char *s;

	return asprintf(&s, "%s/%s", pl->folder, name) < 0 ? NULL : s;
}

/* grub-install looks for the drives beside where it installs. */
static int device_map(struct plan *pl, const struct nodes *nodes, bool there)
{
	_cleanup_free_ char *path = under(pl, "device.map"), *text = NULL, *full = NULL;
	int n;

	if (!path || asprintf(&full, "%s%s", home_dir, path) < 0)
		return -ENOMEM;
	if (!there)
		return unlink(full) < 0 ? -errno : 0;
	n = asprintf(&text, "(hd0) %s\n", nodes->disk);
	return n < 0 ? -ENOMEM : put(home_dir, path, text, (size_t)n);
}

static int grub_install(struct plan *pl, bool efi)
{
	_cleanup_free_ char *boot = NULL, *from = NULL, *esp = NULL;
	const char *platform = efi ? "x86_64-efi" : "i386-pc";
	int r;

	/* GRUB's folder without its last part: grub-install adds that */
	if (asprintf(&boot, "--boot-directory=%s%.*s", home_dir,
		    (int)(strlen(pl->folder) - strlen("/grub")), pl->folder) < 0 ||
		asprintf(&from, "--directory=%s/%s", pl->grub.dir, platform) < 0 ||
		asprintf(&esp, "--efi-directory=%s", esp_dir) < 0)
		return broken(pl, -ENOMEM, "grub-install");
	/* '(hd0)', not the map: GRUB would follow that one down and get lost */
	const char *const bios[] = { "grub-install", boot, from, "(hd0)", NULL };
	const char *const uefi[] = { "grub-install", boot, from, esp, "--removable",
		"--no-nvram", NULL };

	r = run(efi ? uefi : bios);
	if (r == -ENOENT)
		return refuse(pl, ST_NO_GRUB, "grub-install is not installed");
	return r == 0 ? 0
		      : refuse(pl, ST_FAILED, "grub-install for %s failed (status %d)",
				platform, r);
}

/* What was installed, to be found again when all is unmounted. */
static int read_core(struct plan *pl, const char *name, struct blob *core)
{
	_cleanup_free_ char *full = NULL;
	int r;

	if (asprintf(&full, "%s%s/%s", home_dir, pl->folder, name) < 0)
		return broken(pl, -ENOMEM, name);
	r = blob_read(core, full, CORE_MAX);
	return r < 0 ? broken(pl, r, name) : 0;
}

static int write_texts(struct plan *pl, const struct nodes *nodes)
{
	_cleanup_free_ char *menu = under(pl, "grub.cfg"), *answers = NULL;
	const char *dir = pl->home == pl->root ? home_dir : root_dir;
	int r = 0;

	if (!menu ||
		asprintf(&answers, "%s/var/cache/debconf/config.dat", pl->subvol) < 0)
		return broken(pl, -ENOMEM, "menu");
	if (pl->config.data)
		r = put(home_dir, menu, pl->config.data, pl->config.len);
	if (r == 0 && pl->debconf.data && pl->home != pl->root)
		r = mount_part(pl->root, nodes->root, root_dir);
	if (r == 0 && pl->debconf.data)
		r = put(dir, answers, pl->debconf.data, pl->debconf.len);
	return r < 0 ? broken(pl, r, "menu") : 0;
}

static int install(struct plan *pl, const struct nodes *nodes)
{
	int r = 0, r2;

	if ((r2 = device_map(pl, nodes, true)) < 0)
		return broken(pl, r2, "device.map");
	if (pl->targets & TARGET_BIOS)
		r = grub_install(pl, false);
	if (r == 0 && (pl->targets & TARGET_EFI))
		r = grub_install(pl, true);
	if ((r2 = device_map(pl, nodes, false)) < 0 && r == 0)
		r = broken(pl, r2, "device.map");
	if (r == 0 && (pl->targets & TARGET_BIOS))
		r = read_core(pl, "i386-pc/core.img", &pl->core_bios);
	/* on a host it may be a signed one that went to the ESP */
	if (r == 0 && (pl->targets & TARGET_EFI) && pl->words)
		r = read_core(pl, "x86_64-efi/core.efi", &pl->core_efi);
	return r ? r : write_texts(pl, nodes);
}

int classic_install(struct plan *pl, const struct nodes *nodes)
{
	int r = own_namespace();

	if (r < 0)
		return broken(pl, r, "mount namespace");
	r = mount_part(pl->home, nodes->home, home_dir);
	if (r == 0 && (pl->targets & TARGET_EFI))
		r = mount_part(pl->esp, nodes->esp, esp_dir);
	if (r < 0)
		return broken(pl, r, "mount");
	r = install(pl, nodes);
	/* now, and not with the process: what is written is verified after it */
	umount2(root_dir, MNT_DETACH);
	umount2(esp_dir, 0);
	if (umount2(home_dir, 0) < 0 && r == 0)
		r = broken(pl, -errno, "umount");
	/* the image itself may lie beneath */
	umount2(base, MNT_DETACH);
	return r;
}
