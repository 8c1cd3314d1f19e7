// SPDX-License-Identifier: MIT
#include "grubify.h"
#include "cleanup.h"
#include "run.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256
#endif

enum { CORE_MAX = 64 << 20 };

static const char base[] = "/mnt"; /* within the namespace, anyone's */
/*
 * On a host, what lies in an image must not lead grub-install out of it. Links in its
 * mounts are not followed, by the kernel's own word, so that nobody can swap one in
 * meanwhile; all else is read-only; of devices there are those that it needs.
 */

static const char boot_dir[] = "/mnt/boot", esp_dir[] = "/mnt/esp",
		  root_dir[] = "/mnt/root", dev_dir[] = "/mnt/dev",
		  tmp_dir[] = "/mnt/tmp";

static int set_readonly(bool on)
{
	struct mount_attr attr = { 0 };

	*(on ? &attr.attr_set : &attr.attr_clr) = MOUNT_ATTR_RDONLY;
	return syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attr,
		       sizeof(attr)) < 0
		       ? -errno
		       : 0;
}

static int own_namespace(bool host)
{
	int r;

	if (unshare(CLONE_NEWNS) < 0 ||
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	if (host && (r = set_readonly(true)) < 0)
		return r;
	if (mount("grubify", base, "tmpfs", 0, "mode=700,size=64m") < 0 ||
		mkdir(boot_dir, 0700) < 0 || mkdir(esp_dir, 0700) < 0 ||
		mkdir(root_dir, 0700) < 0)
		return -errno;
	return 0;
}

/* The same device under the same name, in the folder that becomes /dev. */
static int copy_node(const char *node)
{
	_cleanup_free_ char *to = NULL;
	struct stat st;

	if (!node || strncmp(node, "/dev/", 5) != 0 || stat(node, &st) < 0)
		return 0;
	if (asprintf(&to, "%s/%s", dev_dir, node + 5) < 0)
		return -ENOMEM;
	return mknod(to, st.st_mode, st.st_rdev) < 0 && errno != EEXIST ? -errno : 0;
}

/* The maps that GRUB walks down to the disk are this process's, by their name. */
static int copy_maps(void)
{
	static const char mapper[] = "/dev/mapper";
	DIR *d = opendir(mapper);
	struct dirent *e;
	char own[32];
	int r = 0;

	snprintf(own, sizeof(own), "grubify%d", (int)getpid());
	while (d && r == 0 && (e = readdir(d))) {
		_cleanup_free_ char *node = NULL;

		if (strncmp(e->d_name, own, strlen(own)) != 0 &&
			strcmp(e->d_name, "control") != 0)
			continue;
		if (asprintf(&node, "%s/%s", mapper, e->d_name) < 0)
			r = -ENOMEM;
		else
			r = copy_node(node);
	}
	if (d)
		closedir(d);
	return r;
}

static int own_devices(const struct nodes *nodes)
{
	const char *const list[] = { "/dev/null", "/dev/zero", "/dev/full",
		"/dev/random", "/dev/urandom", nodes->disk, nodes->boot, nodes->root,
		nodes->esp };
	char mapper[32];
	int r = 0;

	snprintf(mapper, sizeof(mapper), "%s/mapper", dev_dir);
	if (mkdir(dev_dir, 0755) < 0 ||
		mount("grubify", dev_dir, "tmpfs", MS_NOSUID | MS_NOEXEC,
			"mode=755,size=64k") < 0 ||
		mkdir(mapper, 0755) < 0)
		return -errno;
	for (size_t i = 0; r == 0 && i < sizeof(list) / sizeof(*list); i++)
		r = copy_node(list[i]);
	if (r == 0)
		r = copy_maps();
	if (r == 0 &&
		(mount(dev_dir, "/dev", NULL, MS_MOVE, NULL) < 0 ||
			mkdir(tmp_dir, 0700) < 0 || setenv("TMPDIR", tmp_dir, 1) < 0))
		r = -errno;
	return r;
}

static void leave_devices(void)
{
	umount2("/dev", MNT_DETACH);
	/* the maps' nodes are to be removed, in the host's own /dev */
	set_readonly(false);
}

static int mount_part(
	const struct plan *pl, const struct part *p, const char *node, const char *dir)
{
	/* from the top, as our paths are, and not what its default is */
	const char *options = strcmp(p->fs, "btrfs") == 0 ? "subvolid=5" : NULL;
	unsigned long flags = MS_NODEV | MS_NOSUID | MS_NOEXEC;

	if (!pl->to_host)
		flags |= MS_NOSYMFOLLOW;
	return mount(node, dir, p->fs, flags, options) < 0 ? -errno : 0;
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
	_cleanup_free_ char *path = under(pl, "device.map"), *text = NULL;
	_cleanup_close_ int dir = -1;
	int n;

	if (!path)
		return -ENOMEM;
	if (!there) {
		dir = open_beneath(boot_dir, pl->folder, O_PATH | O_DIRECTORY);
		if (dir < 0)
			return dir;
		return unlinkat(dir, "device.map", 0) < 0 ? -errno : 0;
	}
	n = asprintf(&text, "(hd0) %s\n", nodes->disk);
	return n < 0 ? -ENOMEM : put(boot_dir, path, text, (size_t)n);
}

/* What is no file there is replaced, as by --via file; grub-install would wait for it.
 */
static int clear_folder(int fd)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;
	struct stat st;
	int r = 0;

	if (!d) {
		r = -errno;
		close(fd);
		return r;
	}
	while (r == 0 && (e = readdir(d))) {
		if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
			S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
			continue;
		if (unlinkat(fd, e->d_name, 0) < 0)
			r = -errno;
	}
	closedir(d);
	return r;
}

/* GRUB's folder and a platform's within: folders all the way, no links. */
static int check_folder(struct plan *pl, const char *platform)
{
	_cleanup_free_ char *path = under(pl, platform), *inside = NULL;
	int fd, r;

	if (!path || asprintf(&inside, "%s/x", path) < 0)
		return broken(pl, -ENOMEM, platform);
	/* makes what is missing on the way to a file that it does not make */
	fd = open_beneath(boot_dir, inside, O_PATH | O_CREAT);
	if (fd >= 0)
		close(fd);
	fd = open_beneath(boot_dir, path, O_RDONLY | O_DIRECTORY);
	if (fd == -ELOOP || fd == -ENOTDIR)
		return refuse(pl, ST_IN_THE_WAY,
			"%s: %s, or a folder on the way there, is a symlink or no "
			"folder: --via dm follows none",
			where(pl, pl->boot_part).s, path);
	if (fd < 0)
		return broken(pl, fd, path);
	r = clear_folder(fd);
	return r < 0 ? broken(pl, r, path) : 0;
}

static int check_folders(struct plan *pl)
{
	int r = 0;

	if (pl->to_host)
		return 0;
	if (pl->targets & TARGET_BIOS)
		r = check_folder(pl, "i386-pc");
	if (r == 0 && (pl->targets & TARGET_EFI))
		r = check_folder(pl, "x86_64-efi");
	return r;
}

static int grub_install(struct plan *pl, bool efi)
{
	_cleanup_free_ char *boot = NULL, *from = NULL, *esp = NULL;
	const char *platform = efi ? "x86_64-efi" : "i386-pc";
	int r;

	/* GRUB's folder without its last part: grub-install adds that */
	if (asprintf(&boot, "--boot-directory=%s%.*s", boot_dir,
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

	if (asprintf(&full, "%s%s/%s", boot_dir, pl->folder, name) < 0)
		return broken(pl, -ENOMEM, name);
	r = blob_read(core, full, CORE_MAX);
	return r < 0 ? broken(pl, r, name) : 0;
}

static int write_texts(struct plan *pl, const struct nodes *nodes)
{
	_cleanup_free_ char *menu = under(pl, "grub.cfg"), *answers = NULL;
	const char *dir = pl->boot_part == pl->root ? boot_dir : root_dir;
	int r = 0;

	if (!menu ||
		asprintf(&answers, "%s/var/cache/debconf/config.dat", pl->subvol) < 0)
		return broken(pl, -ENOMEM, "menu");
	if (pl->config.data)
		r = put(boot_dir, menu, pl->config.data, pl->config.len);
	if (r == 0 && pl->debconf.data && pl->boot_part != pl->root)
		r = mount_part(pl, pl->root, nodes->root, root_dir);
	if (r == 0 && pl->debconf.data)
		r = put(dir, answers, pl->debconf.data, pl->debconf.len);
	return r < 0 ? broken(pl, r, "menu") : 0;
}

static int install(struct plan *pl, const struct nodes *nodes)
{
	int r = check_folders(pl), r2;

	if (r)
		return r;
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
	if (r == 0 && (pl->targets & TARGET_EFI) && pl->to_host)
		r = read_core(pl, "x86_64-efi/core.efi", &pl->core_efi);
	return r ? r : write_texts(pl, nodes);
}

int classic_install(struct plan *pl, const struct nodes *nodes)
{
	const bool host = !pl->to_host;
	int r = own_namespace(host);

	if (r == 0 && host)
		r = own_devices(nodes);
	if (r < 0) {
		if (host)
			leave_devices();
		return broken(pl, r, "mount namespace");
	}
	r = mount_part(pl, pl->boot_part, nodes->boot, boot_dir);
	if (r == 0 && (pl->targets & TARGET_EFI))
		r = mount_part(pl, pl->esp, nodes->esp, esp_dir);
	r = r < 0 ? broken(pl, r, "mount") : install(pl, nodes);
	/* now, and not with the process: what is written is verified after it */
	umount2(root_dir, MNT_DETACH);
	umount2(esp_dir, 0);
	if (umount2(boot_dir, 0) < 0 && r == 0)
		r = broken(pl, -errno, "umount");
	if (host)
		leave_devices();
	/* the image itself may lie beneath */
	umount2(base, MNT_DETACH);
	return r;
}
