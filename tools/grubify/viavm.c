// SPDX-License-Identifier: MIT
#include "grubify.h"
#include "asuser.h"
#include "bytes.h"
#include "cleanup.h"
#include "diag.h"
#include "nbd.h"
#include "parent.h"
#include "run.h"
#include "vmkernel.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

/*
 * A guest of a kernel, this program and the host's own grub-install. Its disk is
 * served from here: what it reads is the image, what it writes stays in the overlay
 * until main.c makes a change of it that can be undone. It is given no file, no
 * network and no more than a time limit.
 */

enum {
	MEMORY = 512,
	MEMORY_LUKS = 1536, /* a key by argon2 takes a gigabyte */
	WRITES_MAX = 768 << 20,
	LOG_MAX = 64 << 20,
	KEY_MAX = 8 << 20,
	LINE_MAX_ = 4096,
	TAIL = 12,
	TIMEOUT = 600
};

struct helper {
	pid_t pid;
	int nbd, said, log, kernel, initrd;
	bool print; /* the plan is asked for */
	struct nbd disk;
	char line[LINE_MAX_];
	size_t len;
	bool ended;
	int status; /* what the guest says */
};

static int missing(struct plan *pl, const char *program, const char *package)
{
	return refuse(pl, ST_NO_GUEST, "--via vm needs %s (Debian: apt install %s)",
		program, package);
}

/* Into the guest's /bin. Packages are Debian's; NULL: it may be missing. */
static int put_program(
	struct plan *pl, struct ramdisk *rd, const char *name, const char *package)
{
	_cleanup_free_ char *tree = grub_program(pl->grub.dir, name);
	_cleanup_free_ char *path = tree ? find_program(tree) : NULL, *to = NULL;
	int r;

	if (!path)
		return package ? missing(pl, name, package) : 0;
	if (asprintf(&to, "bin/%s", name) < 0)
		return broken(pl, -ENOMEM, name);
	r = ramdisk_program(rd, to, path);
	if (r == -ENOEXEC)
		return package ? refuse(pl, ST_NO_GUEST,
					 "%s is a script: the guest needs the program",
					 path)
			       : 0;
	return r < 0 ? broken(pl, r, path) : 0;
}

static bool has(const struct plan *pl, const char *fs)
{
	for (unsigned i = 0; i < pl->img.n; i++)
		if (pl->img.parts[i].fs && strcmp(pl->img.parts[i].fs, fs) == 0)
			return true;
	return false;
}

/* What is locked may hold anything, so what is installed comes along. */
static int put_layer_programs(struct plan *pl, struct ramdisk *rd)
{
	static const char conf[] =
		"activation { udev_sync = 0 udev_rules = 0 monitoring = 0 }\n"
		"devices { obtain_device_list_from_udev = 0 use_devicesfile = 0 "
		"scan = \"/dev\" }\n"
		"global { event_activation = 0 }\n"
		"backup { backup = 0 archive = 0 }\n";
	bool lvm = has(pl, "LVM2_member"), raid = has(pl, "linux_raid_member");
	bool luks = has(pl, "crypto_LUKS");
	int r;

	if (!lvm && !raid && !luks)
		return 0;
	if ((r = put_program(pl, rd, "lvm", lvm ? "lvm2" : NULL)) ||
		(r = put_program(pl, rd, "mdadm", raid ? "mdadm" : NULL)) ||
		(r = put_program(pl, rd, "cryptsetup", luks ? "cryptsetup-bin" : NULL)))
		return r;
	/* grub-install asks by these names */
	if ((r = ramdisk_link(rd, "bin/vgs", "lvm")) < 0 ||
		(r = ramdisk_link(rd, "bin/pvs", "lvm")) < 0 ||
		(r = ramdisk_data(rd, "etc/lvm/lvm.conf", 0644, conf, strlen(conf))) <
			0)
		return broken(pl, r, "the guest's files");
	return 0;
}

static int put_grub(struct plan *pl, struct ramdisk *rd)
{
	static const char *const platforms[] = { "i386-pc", "x86_64-efi" };
	int r, found = 0;

	if ((r = put_program(pl, rd, "grub-install", "grub2-common")) ||
		(r = put_program(pl, rd, "grub-fstest", "grub-common")) ||
		(r = put_program(pl, rd, "grub-mkimage", "grub-common")) ||
		(r = put_program(pl, rd, "udevadm", NULL)))
		return r;
	for (size_t i = 0; i < sizeof(platforms) / sizeof(*platforms); i++) {
		_cleanup_free_ char *from = NULL, *to = NULL;

		if (asprintf(&from, "%s/%s", pl->grub.dir, platforms[i]) < 0 ||
			asprintf(&to, "usr/lib/grub/%s", platforms[i]) < 0)
			return broken(pl, -ENOMEM, "the guest's files");
		if (access(from, X_OK) < 0)
			continue;
		found++;
		if ((r = ramdisk_copy(rd, to, from)) < 0)
			return broken(pl, r, from);
	}
	if (!found)
		return refuse(
			pl, ST_NO_GRUB, "%s: GRUB's files are missing", pl->grub.dir);
	return 0;
}

/* The command line that the guest's own main() parses. */
static int put_options(struct plan *pl, struct ramdisk *rd, const struct options *o)
{
	_cleanup_free_ char *text = NULL;
	struct blob key = { 0 };
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int r;

	if (!f)
		return broken(pl, -ENOMEM, "the guest's options");
	fprintf(f, "grubify%c", 0);
	if (o->target)
		fprintf(f, "--target=%s%c", o->target, 0);
	if (o->root)
		fprintf(f, "--root=%s%c", o->root, 0);
	if (o->dry_run)
		fprintf(f, "--dry-run%c", 0);
	if (o->new_config)
		fprintf(f, "--new-config%c", 0);
	fprintf(f, "/dev/vda%c", 0);
	if (fclose(f) != 0)
		return broken(pl, -ENOMEM, "the guest's options");
	r = ramdisk_data(rd, "options", 0600, text, len);
	if (r == 0 && o->key_file) {
		if ((r = blob_read(&key, o->key_file, KEY_MAX)) < 0)
			return broken(pl, r, o->key_file);
		r = ramdisk_data(rd, "key", 0600, key.data, key.len);
		explicit_bzero(key.data, key.len);
		free(key.data);
	}
	return r < 0 ? broken(pl, r, "the guest's options") : 0;
}

static int put_modules(struct plan *pl, struct ramdisk *rd, const struct vmkernel *k)
{
	static const char *const want[] = { "virtio_pci", "virtio_blk",
		"crc32c_generic", "crc32c_intel", "libcrc32c", "xxhash_generic",
		"blake2b_generic", "sha256_generic", "ext4", "xfs", "btrfs", "f2fs",
		"jfs", "nls_cp437", "nls_ascii", "nls_iso8859_1", "nls_utf8", "vfat",
		NULL };
	static const char *const layers[] = { "dm_mod", "dm_mirror", "dm_raid",
		"md_mod", "linear", "raid0", "raid1", "raid10", "raid456", "dm_crypt",
		"af_alg", "algif_skcipher", "algif_hash", "aes_generic", "aesni_intel",
		"ecb", "cbc", "xts", "essiv", "sha1_generic", "sha512_generic", NULL };
	const char
		*all[sizeof(want) / sizeof(*want) + sizeof(layers) / sizeof(*layers)];
	bool deep = has(pl, "LVM2_member") || has(pl, "linux_raid_member") ||
		    has(pl, "crypto_LUKS");
	size_t n = 0;
	int r;

	for (size_t i = 0; want[i]; i++)
		all[n++] = want[i];
	for (size_t i = 0; deep && layers[i]; i++)
		all[n++] = layers[i];
	all[n] = NULL;
	r = vmkernel_modules(k, rd, all);
	return r < 0 ? broken(pl, r, k->modules) : 0;
}

static int fill(struct plan *pl, struct ramdisk *rd, const struct options *o,
	const struct vmkernel *k)
{
	/* by its name: for ldd, self is another */
	_cleanup_free_ char *self = realpath("/proc/self/exe", NULL);
	int r = self ? ramdisk_program(rd, "init", self) : -errno;

	if (r < 0)
		return broken(pl, r, "the guest's files");
	return (r = put_options(pl, rd, o)) || (r = put_grub(pl, rd)) ||
			       (r = put_layer_programs(pl, rd)) ||
			       (r = put_modules(pl, rd, k))
		       ? r
		       : 0;
}

/* The ramdisk and the kernel, each a file in memory that QEMU may open. */
static int make_files(struct plan *pl, struct helper *h, const struct options *o)
{
	_cleanup_(vmkernel_free) struct vmkernel k = { 0 };
	_cleanup_(ramdisk_close) struct ramdisk rd = { 0 };
	_cleanup_free_ char *why = NULL;
	struct blob b = { 0 };
	char path[40];
	int r;

	if ((r = vmkernel_find(&k, o->kernel, o->modules, &why)) < 0)
		return why ? refuse(pl, ST_NO_GUEST, "--via vm: %s", why)
			   : broken(pl, r, "the guest's kernel");
	if ((r = ramdisk_open(&rd)) < 0)
		return broken(pl, r, "the guest's files");
	if ((r = fill(pl, &rd, o, &k)))
		return r;
	if ((r = h->initrd = ramdisk_finish(&rd)) < 0 ||
		(r = blob_read(&b, k.path, LOG_MAX)) < 0)
		return broken(pl, r, "the guest's files");
	r = h->kernel = blob_fd(b.data, b.len, path);
	free(b.data);
	return r < 0 ? broken(pl, r, "the guest's kernel") : 0;
}

/* kvmprobe is beside us, or in PATH; without it nobody knows, and so it is no. */
static bool kvm_runs(void)
{
	_cleanup_free_ char *self = realpath("/proc/self/exe", NULL), *beside = NULL;
	char *slash = self ? strrchr(self, '/') : NULL;
	struct child c;

	if (access("/dev/kvm", R_OK | W_OK) < 0 || !slash)
		return false;
	*slash = '\0';
	if (asprintf(&beside, "%s/kvmprobe", self) < 0)
		return false;
	const char *const argv[] = { access(beside, X_OK) == 0 ? beside : "kvmprobe",
		"--quiet", NULL };

	return child_start(&c, argv, true) == 0 && child_wait(&c, 0, NULL, NULL) == 0;
}

/* Between fork() and exec(): who QEMU is, and what it keeps open. */
static int become(const struct helper *h, int said, int nbd, pid_t parent)
{
	const int keep[] = { nbd, h->kernel, h->initrd, h->log };
	const struct rlimit log = { LOG_MAX, LOG_MAX };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), r;

	r = as_user(NULL);
	if (r == -ENOENT)
		r = as_user("nobody");
	if (r < 0 || (r = end_with(parent)) < 0)
		return r;
	setrlimit(RLIMIT_FSIZE, &log);
	signal(SIGPIPE, SIG_DFL);
	if (null < 0 || dup2(null, 0) < 0 || dup2(said, 1) < 0)
		return -errno;
	for (size_t i = 0; i < sizeof(keep) / sizeof(*keep); i++)
		if (fcntl(keep[i], F_SETFD, 0) < 0)
			return -errno;
	return 0;
}

static void exec_qemu(const struct helper *h, int nbd, bool kvm, const char *memory)
{
	static const char qemu[] = "qemu-system-x86_64";
	static const char sandbox[] = "on,obsolete=deny,elevateprivileges=deny,"
				      "spawn=deny,resourcecontrol=deny";
	static const char append[] = "console=ttyS0 quiet panic=-1 no_timer_check "
				     "rdinit=/init LD_LIBRARY_PATH=/lib -- --guest";
	char disk[128], kernel[40], initrd[40], log[64];

	snprintf(kernel, sizeof(kernel), "/proc/self/fd/%d", h->kernel);
	snprintf(initrd, sizeof(initrd), "/proc/self/fd/%d", h->initrd);
	snprintf(log, sizeof(log), "file,id=log,path=/proc/self/fd/%d", h->log);
	snprintf(disk, sizeof(disk),
		"driver=nbd,node-name=disk,server.type=fd,server.str=%d", nbd);
	const char *const argv[] = { qemu, "-nodefaults", "-no-user-config",
		"-no-reboot", "-display", "none", "-machine", "pc", "-accel",
		kvm ? "kvm" : "tcg", "-cpu", kvm ? "host" : "max", "-m", memory,
		"-sandbox", sandbox, "-kernel", kernel, "-initrd", initrd, "-append",
		append, "-blockdev", disk, "-device", "virtio-blk-pci,drive=disk",
		"-chardev", log, "-serial", "chardev:log", "-chardev",
		"stdio,id=said,signal=off", "-serial", "chardev:said", NULL };

	execvp(qemu, (char *const *)argv);
}

static int start(struct plan *pl, struct helper *h, bool luks)
{
	_cleanup_close_ int nbd = -1, said = -1;
	_cleanup_free_ char *qemu = find_program("qemu-system-x86_64");
	int pair[2], pipes[2], r;
	bool kvm = kvm_runs();
	pid_t self = getpid();
	char memory[16];

	if (!qemu)
		return missing(pl, "qemu-system-x86_64", "qemu-system-x86");
	snprintf(memory, sizeof(memory), "%d", luks ? MEMORY_LUKS : MEMORY);
	if ((h->log = memfd_create("console", MFD_CLOEXEC)) < 0 ||
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return broken(pl, errno, "the guest");
	h->nbd = pair[0];
	nbd = pair[1];
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return broken(pl, errno, "the guest");
	h->said = pipes[0];
	said = pipes[1];
	nbd_init(&h->disk, h->nbd, &pl->img.ov, WRITES_MAX);
	fflush(stdout);
	if ((h->pid = fork()) < 0)
		return broken(pl, errno, "the guest");
	if (h->pid > 0)
		return 0;
	dup2(h->log, 2);
	r = become(h, said, nbd, self);
	if (r == 0)
		exec_qemu(h, nbd, kvm, memory);
	fprintf(stderr, "QEMU: %s\n", strerror(r < 0 ? -r : errno));
	_exit(127);
}

/* A line of the guest's, which may be anybody's by now: text, and two numbers. */
static void heard(struct plan *pl, struct helper *h, char *line)
{
	char *text = strchr(line, '\t');

	if (!text)
		return;
	*text++ = '\0';
	if (strcmp(line, "say") == 0) {
		note(pl, "%s", text);
	} else if (strcmp(line, "plan") == 0 && h->print) {
		char *tab = strchr(text, '\t');

		if (tab)
			*tab = '\0';
		fput_visible(text, stdout);
		if (tab) {
			putchar('\t');
			fput_visible(tab + 1, stdout);
		}
		putchar('\n');
	} else if (strcmp(line, "targets") == 0) {
		pl->targets =
			(unsigned)strtoul(text, NULL, 10) & (TARGET_BIOS | TARGET_EFI);
	} else if (strcmp(line, "end") == 0 && !h->ended) {
		h->ended = true;
		h->status = (int)(strtoul(text, NULL, 10) & 0x7f);
	}
}

/* 0: that was the end. */
static int listen_to(struct plan *pl, struct helper *h)
{
	ssize_t n = read(h->said, h->line + h->len, sizeof(h->line) - 1 - h->len);
	char *line = h->line, *end;

	if (n <= 0)
		return n < 0 && errno == EINTR ? 1 : 0;
	h->len += (size_t)n;
	h->line[h->len] = '\0';
	while ((end = memchr(line, '\n', h->len - (size_t)(line - h->line)))) {
		*end = '\0';
		heard(pl, h, line);
		line = end + 1;
	}
	h->len -= (size_t)(line - h->line);
	memmove(h->line, line, h->len);
	if (h->len == sizeof(h->line) - 1)
		h->len = 0; /* no line of ours */
	return 1;
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Until QEMU has let go of both. 0, or a negative errno: -ETIMEDOUT. */
static int attend(struct plan *pl, struct helper *h, int seconds)
{
	struct timeval patience = { .tv_sec = seconds };
	long long end = now_ms() + 1000LL * seconds;
	struct pollfd p[2] = { { .fd = h->said, .events = POLLIN },
		{ .fd = h->nbd, .events = POLLIN } };
	int r;

	/* a message that stops halfway is no way out, either */
	setsockopt(h->nbd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(h->nbd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	while (p[0].fd >= 0) {
		long long left = end - now_ms();

		/* ours is the first word */
		if (p[1].fd >= 0 && !h->disk.greeted)
			p[1].revents = POLLIN;
		else if (left <= 0 || (r = poll(p, 2, (int)left)) == 0)
			return -ETIMEDOUT;
		else if (r < 0)
			return -errno;
		if (p[1].fd >= 0 && p[1].revents && (r = nbd_serve(&h->disk)) <= 0) {
			if (r < 0)
				return r == -EAGAIN ? -ETIMEDOUT : r;
			p[1].fd = -1;
		}
		if (p[0].revents && listen_to(pl, h) == 0)
			p[0].fd = -1;
		p[0].revents = p[1].revents = 0;
	}
	return 0;
}

/* The last lines of the console: what a person would look at. */
static void show_log(const struct helper *h)
{
	_cleanup_free_ char *text = NULL;
	off_t len = lseek(h->log, 0, SEEK_END),
	      from = len > LINE_MAX_ ? len - LINE_MAX_ : 0;
	char *p, *save = NULL;
	int lines = 0;

	if (len <= 0 || !(text = malloc((size_t)(len - from) + 1)) ||
		read_at(h->log, (uint64_t)from, text, (size_t)(len - from)) < 0)
		return;
	text[len - from] = '\0';
	for (p = text + strlen(text); p > text && lines <= TAIL; p--)
		lines += p[-1] == '\n';
	for (char *l = strtok_r(p, "\r\n", &save); l; l = strtok_r(NULL, "\r\n", &save))
		diag("guest: %s", l);
}

static int judge(struct plan *pl, struct helper *h, int r, int seconds)
{
	int status = 0;

	if (r < 0)
		kill(h->pid, SIGKILL);
	while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR)
		;
	h->pid = 0;
	if (h->ended && h->status != 0 && r == 0) {
		if (h->status == ST_FAILED)
			show_log(h);
		return h->status;
	}
	if (h->ended && r == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	show_log(h);
	if (r == -ETIMEDOUT)
		return refuse(pl, ST_FAILED, "the guest did not end within %d seconds",
			seconds);
	return refuse(pl, ST_NO_GUEST, "the guest did not get to its end (%s)",
		r < 0 ? strerror(-r) : "see above");
}

static void helper_free(struct helper *h)
{
	const int fds[] = { h->nbd, h->said, h->log, h->kernel, h->initrd };

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] > 0)
			close(fds[i]);
}

/* The core's own first sector differs in its block list only. */
static int read_core_head(struct plan *pl)
{
	_cleanup_free_ char *path = NULL;
	int r;

	if (!(pl->targets & TARGET_BIOS))
		return 0;
	if (asprintf(&path, "%s/i386-pc/diskboot.img", pl->grub.dir) < 0)
		return broken(pl, -ENOMEM, "diskboot.img");
	r = blob_read(&pl->core_bios, path, 512);
	if (r == 0 && pl->core_bios.len != 512)
		r = -EINVAL;
	return r < 0 ? refuse(pl, ST_NO_GRUB, "%s: %s", path, strerror(-r)) : 0;
}

int via_vm(struct plan *pl, const struct options *o)
{
	_cleanup_(helper_free) struct helper h = { .print = o->dry_run };
	int seconds = o->timeout > 0 ? o->timeout : TIMEOUT, r;

	if ((r = make_files(pl, &h, o)) || (r = start(pl, &h, o->key_file != NULL)))
		return r;
	r = attend(pl, &h, seconds);
	if ((r = judge(pl, &h, r, seconds)))
		return r;
	return o->dry_run ? 0 : read_core_head(pl);
}
