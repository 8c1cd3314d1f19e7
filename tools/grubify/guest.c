// SPDX-License-Identifier: MIT
#include "grubify.h"
#include "cleanup.h"
#include "fsread.h"
#include "layers.h"
#include "roles.h"
#include "run.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <linux/fs.h>

/*
 * Here we are the first process of a guest that viavm.c made: this kernel is ours,
 * all its disks are the image, and grub-install may do as it likes. What there is to
 * say goes to the second serial line, a name and its text a line.
 */

static const char disk[] = "/dev/vda", host_at[] = "/dev/ttyS1", key_at[] = "/key";

enum { ARGS_MAX = 32, ARGS_LEN = 4096, PATIENCE = 30 * 20, FSTAB_MAX = 1 << 20 };

static FILE *to_host;

static void mounts(void)
{
	static const struct {
		const char *type, *at;
	} list[] = { { "proc", "/proc" }, { "sysfs", "/sys" }, { "devtmpfs", "/dev" },
		{ "tmpfs", "/run" }, { "tmpfs", "/tmp" } };

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		mkdir(list[i].at, 0755);
		mount(list[i].type, list[i].at, list[i].type, 0, NULL);
	}
	mkdir("/mnt", 0755);
	mkdir("/run/lock", 0755);
	mkdir("/run/lvm", 0755);
	mkdir("/run/mdadm", 0755);
	mkdir("/run/cryptsetup", 0700);
}

static void open_to_host(void)
{
	int fd = open(host_at, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	struct termios t;

	if (fd < 0)
		return;
	if (tcgetattr(fd, &t) == 0) {
		cfmakeraw(&t);
		tcsetattr(fd, TCSANOW, &t);
	}
	to_host = fdopen(fd, "w");
	if (to_host)
		setlinebuf(to_host);
}

static void load_modules(void)
{
	_cleanup_fclose_ FILE *f = fopen("/modules/order", "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		_cleanup_close_ int fd = -1;

		line[strcspn(line, "\n")] = '\0';
		fd = open(line, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && syscall(SYS_finit_module, fd, "", 0) < 0 &&
			errno != EEXIST && errno != ENODEV)
			fprintf(stderr, "%s: %s\n", line, strerror(errno));
	}
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

static void environment(void)
{
	setenv("PATH", "/bin", 1);
	setenv("HOME", "/tmp", 1);
	setenv("LC_ALL", "C", 1);
	setenv("DM_DISABLE_UDEV", "1", 1);
	setenv("MDADM_NO_UDEV", "1", 1);
	/* else grub-install refuses what is locked */
	setenv("GRUB_ENABLE_CRYPTODISK", "y", 1);
	setenv("LVM_SUPPRESS_FD_WARNINGS", "1", 1);
	/* a mirror that is not in step yet is none of our business */
	write_text("/proc/sys/dev/raid/speed_limit_max", "1");
	write_text("/proc/sys/dev/raid/speed_limit_min", "1");
}

/* The options come in a file, each with a NUL at its end. */
static void arguments(int *argc, char ***argv)
{
	static char text[ARGS_LEN + 1], *list[ARGS_MAX + 1];
	int fd = open("/options", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, ARGS_LEN);

	if (fd >= 0)
		close(fd);
	*argc = 0;
	*argv = list;
	for (char *p = text; n > 0 && p < text + n && *argc < ARGS_MAX;
		p += strlen(p) + 1)
		list[(*argc)++] = p;
}

bool guest_begins(int *argc, char ***argv)
{
	if (getpid() != 1 || *argc != 2 || strcmp((*argv)[1], "--guest") != 0)
		return false;
	mounts();
	open_to_host();
	load_modules();
	environment();
	arguments(argc, argv);
	return true;
}

void guest_ends(struct plan *pl, int status)
{
	(void)pl;
	sync();
	if (to_host) {
		fprintf(to_host, "end\t%d\n", status);
		fflush(to_host);
		tcdrain(fileno(to_host));
	}
	reboot(RB_POWER_OFF);
	/* the kernel's panic is an end, too */
	_exit(1);
}

static bool appears(const char *node)
{
	for (int i = 0; i < PATIENCE; i++) {
		if (access(node, F_OK) == 0)
			return true;
		usleep(50 * 1000);
	}
	return false;
}

static int open_disk(struct plan *pl)
{
	char node[32];
	int fd, r;

	pl->img.fd = -1;
	if (!appears(disk))
		return refuse(pl, ST_NO_GUEST,
			"the guest sees no disk: its kernel lacks virtio");
	fd = open(disk, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return broken(pl, errno, disk);
	if ((r = image_attach(&pl->img, fd, disk)) < 0 ||
		(r = image_probe(&pl->img)) < 0)
		return broken(pl, r, disk);
	for (unsigned i = 0; i < pl->img.n; i++) {
		snprintf(node, sizeof(node), "%s%u", disk, pl->img.parts[i].number);
		if (!pl->img.parts[i].extended && pl->img.parts[i].number > 0 &&
			!appears(node))
			return refuse(pl, ST_FAILED, "the guest sees no partition %u",
				pl->img.parts[i].number);
	}
	return 0;
}

static const char *base_name(const struct layer *l)
{
	const char *slash = strrchr(l->node, '/');

	return slash ? slash + 1 : l->node;
}

/* "2" is the second partition, anything else a map. */
static bool is_named(const struct layer *l, const char *name)
{
	const char *base = base_name(l);

	return strcmp(base, name) == 0 ||
	       (strncmp(base, "vda", 3) == 0 && base[3] && strcmp(base + 3, name) == 0);
}

static struct part *system_in(struct layer *l)
{
	struct part *p = l->img.table || l->img.n != 1 ? NULL : &l->img.parts[0];

	return p && p->fs ? p : NULL;
}

static int no_root(struct plan *pl, struct layers *ls)
{
	bool raid = false, array = false;

	for (size_t i = 0; i < ls->n; i++) {
		const struct part *p = system_in(&ls->list[i]);

		raid |= p && strcmp(p->fs, "linux_raid_member") == 0;
		array |= strncmp(base_name(&ls->list[i]), "md", 2) == 0;
		if (ls->list[i].locked)
			return refuse(pl, ST_NEEDS_KERNEL,
				ls->key ? "%s is LUKS, and the key file does not open "
					  "it"
					: "%s is LUKS: --key-file FILE is needed",
				where_node(ls->list[i].node).s);
	}
	if (ls->missing)
		return refuse(pl, ST_NO_GUEST, "%s is needed and not installed here",
			ls->missing);
	if (raid && !array)
		return refuse(pl, ST_NEEDS_KERNEL,
			"the members of its RAID array are not all in this image");
	return refuse(pl, ST_NO_ROOT,
		"no partition or volume is clearly the root: name it "
		"by --root");
}

static int choose_root(
	struct plan *pl, struct layers *ls, const char *name, struct layer **root)
{
	struct layer *found = NULL;
	bool tie = false;

	for (size_t i = 0; i < ls->n; i++) {
		struct layer *l = &ls->list[i];
		struct part *p = system_in(l);

		if (!p || part_needs_kernel(p) || roles_find(&l->img, NULL) < 0)
			continue;
		if (name ? !is_named(l, name)
			 : !p->role || strcmp(p->role, "root") != 0)
			continue;
		tie |= found != NULL;
		found = l;
	}
	if (!found && name)
		return refuse(pl, ST_NO_ROOT, "there is no filesystem %s", name);
	for (size_t i = 0; tie && i < ls->n; i++)
		if (system_in(&ls->list[i]) && system_in(&ls->list[i])->role &&
			strcmp(system_in(&ls->list[i])->role, "root") == 0)
			note(pl, "%s may be the root (%s)",
				where_node(ls->list[i].node).s,
				system_in(&ls->list[i])->why);
	if (!found || tie)
		return no_root(pl, ls);
	*root = found;
	return 0;
}

static bool has_kernel(const struct part *p)
{
	return p && strstr(p->why, "kernel");
}

/* What the root's fstab has for /boot, else one with a kernel if the root has none. */
static struct layer *find_boot(struct plan *pl, struct layers *ls, struct layer *root)
{
	_cleanup_free_ char *text = NULL, *spec = NULL, *path = NULL;
	struct layer *boot = NULL;
	struct fs fs;
	size_t len;

	if (asprintf(&path, "%s/etc/fstab", pl->subvol) < 0)
		return root;
	if (fs_open(&fs, &root->img, system_in(root), NULL) == 0 &&
		fs_read(&fs, path, FSTAB_MAX, &text, &len) == 0 &&
		(spec = fstab_device(text, "/boot")))
		boot = layers_resolve(ls, &pl->img, spec);
	fs_close(&fs);
	for (size_t i = 0; !boot && !has_kernel(system_in(root)) && i < ls->n; i++) {
		const struct part *p = system_in(&ls->list[i]);

		if (has_kernel(p) && p->role && strcmp(p->role, "boot") == 0)
			boot = &ls->list[i];
	}
	return boot && system_in(boot) ? boot : root;
}

/* GRUB has to open what is locked; of the newer kind it can't open most. */
static int check_luks(struct plan *pl, struct layers *ls, const struct layer *boot)
{
	bool within = strncmp(base_name(boot), "vda", 3) != 0;

	for (size_t i = 0; within && i < ls->n; i++) {
		const struct layer *l = &ls->list[i];
		const char *const argv[] = { "cryptsetup", "luksDump", l->node, NULL };
		_cleanup_free_ char *text = NULL;
		bool v2, argon, old;
		size_t len;

		if (!system_in(&ls->list[i]) || l->locked ||
			strcmp(system_in(&ls->list[i])->fs, "crypto_LUKS") != 0 ||
			run_capture(argv, 1 << 20, &text, &len) != 0)
			continue;
		v2 = strstr(text, "Version:       \t2") != NULL;
		argon = strstr(text, "argon2") != NULL;
		old = strncmp(pl->grub.version, "2.0", 3) == 0;
		if (v2 && (argon || old))
			return refuse(pl, ST_UNREADABLE,
				"%s: %s: GRUB %s can't open that; cryptsetup convert "
				"--type luks1 is the way, or a /boot outside of it",
				where_node(l->node).s,
				argon ? "LUKS2 with a key by argon2" : "LUKS2",
				pl->grub.version);
	}
	return 0;
}

static int grub_version(struct plan *pl)
{
	const char *const argv[] = { "grub-install", "--version", NULL };
	_cleanup_free_ char *text = NULL;
	const char *last;
	size_t len;
	int r = run_capture(argv, 4096, &text, &len);

	if (r != 0)
		return refuse(
			pl, ST_NO_GUEST, "grub-install does not run in the guest");
	text[strcspn(text, "\n")] = '\0';
	last = strrchr(text, ' ');
	snprintf(pl->grub.version, sizeof(pl->grub.version), "%s",
		last ? last + 1 : text);
	return 0;
}

static int make_plan(struct plan *pl, const struct options *o, struct layers *ls,
	struct layer *root, struct layer *boot)
{
	int r;

	pl->root_img = &root->img;
	pl->root = system_in(root);
	pl->boot_img = &boot->img;
	pl->boot_part = system_in(boot);
	if (root->lvm && asprintf(&pl->root_spec, "%s", root->node) < 0)
		return broken(pl, -ENOMEM, "plan");
	/* the number in the table, which the partition itself does not know */
	for (unsigned i = 0; i < pl->img.n; i++)
		if (is_named(root,
			    (char[]){ (char)('0' + pl->img.parts[i].number), '\0' }) &&
			!pl->root->partuuid && pl->img.parts[i].partuuid)
			pl->root->partuuid = strdup(pl->img.parts[i].partuuid);
	if ((r = plan_folder(pl)) || (r = plan_targets(pl, o->target)) ||
		(r = check_luks(pl, ls, boot)) || (r = verify_start(pl)) ||
		(r = verify_readable(pl)))
		return r;
	return config_plan(pl, o->new_config);
}

/* What a mount wrote is read again from the disk. */
static void forget_cached(const char *node)
{
	int fd = open(node, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (ioctl(fd, BLKFLSBUF) < 0)
		perror(node);
	close(fd);
}

static int work(struct plan *pl, const struct options *o, struct layers *ls)
{
	struct layer *root = NULL, *boot;
	char esp[32] = "";
	int r;

	if ((r = choose_root(pl, ls, o->root, &root)) || !root)
		return r;
	pl->subvol = system_in(root)->subvol ? system_in(root)->subvol : "";
	boot = find_boot(pl, ls, root);
	if ((r = make_plan(pl, o, ls, root, boot)))
		return r;
	plan_print(pl, to_host, "plan\t");
	fprintf(to_host, "targets\t%u\n", pl->targets);
	if (o->dry_run)
		return 0;
	if (pl->esp)
		snprintf(esp, sizeof(esp), "%s%u", disk, pl->esp->number);
	struct nodes nodes = { disk, boot->node, root->node, esp };

	if ((r = classic_install(pl, &nodes)))
		return r;
	sync();
	forget_cached(boot->node);
	if (pl->esp)
		forget_cached(esp);
	forget_cached(disk);
	return verify_all(pl);
}

int guest_install(struct plan *pl, const struct options *o)
{
	struct layers ls = { 0 };
	int r;

	if (!(pl->to_host = to_host))
		return ST_NO_GUEST;
	pl->mounted = pl->copied = true;
	pl->root_img = pl->boot_img = &pl->img;
	if ((r = open_disk(pl)) || (r = plan_state(pl)) || (r = grub_find(pl, NULL)) ||
		(r = grub_version(pl)))
		return r;
	if ((r = layers_open(&ls, access(key_at, R_OK) == 0 ? key_at : NULL)) < 0)
		return broken(pl, r, "layers");
	r = work(pl, o, &ls);
	layers_close(&ls);
	return r;
}
