#include "grubify.h"
#include "cleanup.h"
#include "dm.h"
#include "dmimage.h"
#include "run.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

/*
 * The classic way: maps, mounts, grub-install. All of it hangs on this process:
 * the mounts are in a namespace of its own, the maps are to go when the last
 * mount does, the loop device when the last map does. So nothing stays, not
 * even after SIGKILL.
 */

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

static int mount_part(const struct dmimage *d, const struct part *p, const char *dir)
{
	_cleanup_free_ char *name = dmimage_part_name(d->names[0], p->number);
	_cleanup_free_ char *node = NULL;

	if (!name || asprintf(&node, "/dev/mapper/%s", name) < 0)
		return -ENOMEM;
	return mount(node, dir, p->fs, MS_NODEV | MS_NOSUID | MS_NOEXEC, NULL) < 0
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
static int device_map(struct plan *pl, const struct dmimage *d, bool there)
{
	_cleanup_free_ char *path = under(pl, "device.map"), *text = NULL, *full = NULL;
	int n;

	if (!path || asprintf(&full, "%s%s", home_dir, path) < 0)
		return -ENOMEM;
	if (!there)
		return unlink(full) < 0 ? -errno : 0;
	n = asprintf(&text, "(hd0) %s\n", d->loop);
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
static int read_core(struct plan *pl)
{
	_cleanup_free_ char *full = NULL;
	int r;

	if (asprintf(&full, "%s%s/i386-pc/core.img", home_dir, pl->folder) < 0)
		return broken(pl, -ENOMEM, "core.img");
	r = blob_read(&pl->core_bios, full, CORE_MAX);
	return r < 0 ? broken(pl, r, "core.img") : 0;
}

static int write_texts(struct plan *pl, const struct dmimage *d)
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
		r = mount_part(d, pl->root, root_dir);
	if (r == 0 && pl->debconf.data)
		r = put(dir, answers, pl->debconf.data, pl->debconf.len);
	return r < 0 ? broken(pl, r, "menu") : 0;
}

static int install(struct plan *pl, const struct dmimage *d)
{
	int r = 0, r2;

	if ((r2 = device_map(pl, d, true)) < 0)
		return broken(pl, r2, "device.map");
	if (pl->targets & TARGET_BIOS)
		r = grub_install(pl, false);
	if (r == 0 && (pl->targets & TARGET_EFI))
		r = grub_install(pl, true);
	if ((r2 = device_map(pl, d, false)) < 0 && r == 0)
		r = broken(pl, r2, "device.map");
	if (r == 0 && (pl->targets & TARGET_BIOS))
		r = read_core(pl);
	return r ? r : write_texts(pl, d);
}

static int mount_and_install(struct plan *pl, const struct dmimage *d)
{
	int r = mount_part(d, pl->home, home_dir);

	if (r == 0 && (pl->targets & TARGET_EFI))
		r = mount_part(d, pl->esp, esp_dir);
	if (r < 0)
		return broken(pl, r, "mount");
	r = install(pl, d);
	/* now, and not with the process: what is written is verified after it */
	umount2(root_dir, MNT_DETACH);
	umount2(esp_dir, 0);
	if (umount2(home_dir, 0) < 0 && r == 0)
		r = broken(pl, -errno, "umount");
	return r;
}

int via_dm(struct plan *pl)
{
	_cleanup_(dmimage_close) struct dmimage d = { .loop_fd = -1 };
	_cleanup_free_ char *name = NULL;
	const char *where;
	int r;

	if (geteuid() != 0)
		return refuse(pl, ST_FAILED, "--via dm mounts, and only root may");
	if (dmmap_ready() < 0)
		return refuse(pl, ST_FAILED,
			"--via dm: this kernel has no "
			"device-mapper (modprobe dm_mod)");
	if (asprintf(&name, "grubify%d", (int)getpid()) < 0)
		return broken(pl, -ENOMEM, "maps");
	if ((r = own_namespace()) < 0)
		return broken(pl, r, "mount namespace");
	if ((r = dmimage_make(&d, &pl->img, name, false, &where)) < 0)
		return broken(pl, r, where ? where : "maps");
	if ((r = mount_and_install(pl, &d)))
		return r;
	dmimage_close(&d);
	return verify_all(pl);
}
