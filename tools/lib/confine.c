// SPDX-License-Identifier: MIT
#include "confine.h"
#include "cleanup.h"

#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { NOBODY = 65534 };

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

enum {
	X32 = 0x40000000,
	READS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
		LANDLOCK_ACCESS_FS_EXECUTE,
	WRITES = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
		 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
		 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
		 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
		 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
};

void confine_path(int fd, char path[32])
{
	snprintf(path, 32, "/proc/self/fd/%d", fd);
}

/* A part of the file system; one that is not there is none that is needed. */
static int allow(int rules, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access };
	_cleanup_close_ int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE |
				       LANDLOCK_ACCESS_FS_WRITE_FILE |
				       LANDLOCK_ACCESS_FS_EXECUTE;
	rule.parent_fd = fd;
	/* EBADFD: a file in memory, which no rule has to name */
	return syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule,
		       0) < 0 && errno != EBADFD
		       ? -errno
		       : 0;
}

/* A program from a tree of its own (grubify --grub-dir) has its libraries there, too. */
static int allow_tree(int rules, const char *program)
{
	static const char *const folders[] = { "", "/../lib", "/../lib64" };
	_cleanup_free_ char *real = realpath(program, NULL);
	const char *dir = real ? dirname(real) : NULL;
	int r = 0;

	for (size_t i = 0; dir && r == 0 && i < sizeof(folders) / sizeof(*folders); i++) {
		_cleanup_free_ char *path = NULL;

		if (asprintf(&path, "%s%s", dir, folders[i]) < 0)
			return -ENOMEM;
		r = allow(rules, path, READS);
	}
	return r;
}

static int fence_files(const struct confine *c, const char *program)
{
	static const char *const system[] = { "/usr", "/lib", "/lib64", "/bin", "/sbin",
		"/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
		"/etc/e2fsck.conf", "/etc/localtime", "/etc/mtools.conf" };
	const struct landlock_ruleset_attr attr = { .handled_access_fs =
							    READS | WRITES };
	_cleanup_close_ int rules =
		(int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	char path[32];
	int r = 0;

	if (rules < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP ? 0 : -errno;
	/* grub-fstest lists the root, to see that there is one: names, no contents */
	r = allow(rules, "/", LANDLOCK_ACCESS_FS_READ_DIR);
	/* e2fsck asks what is mounted */
	if (r == 0)
		r = allow(rules, "/proc", LANDLOCK_ACCESS_FS_READ_FILE);
	for (size_t i = 0; r == 0 && i < sizeof(system) / sizeof(*system); i++)
		r = allow(rules, system[i], READS);
	if (r == 0 && strchr(program, '/'))
		r = allow_tree(rules, program);
	if (r == 0)
		r = allow(rules, "/dev/null",
			LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
	for (size_t i = 0; r == 0 && i < c->n; i++) {
		confine_path(c->files[i], path);
		r = allow(rules, path,
			LANDLOCK_ACCESS_FS_READ_FILE |
				(c->write ? (uint64_t)LANDLOCK_ACCESS_FS_WRITE_FILE
					  : 0));
	}
	if (r == 0 && syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		r = -errno;
	return r;
}

/* No way out but the files: each of these fails as for somebody without the right. */
static int fence_calls(void)
{
#ifdef ARCH
#define DENY(nr)                                              \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##nr, 0, 1),  \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
	static const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		DENY(socket),
		DENY(socketpair),
		DENY(io_uring_setup),
		DENY(ptrace),
		DENY(process_vm_readv),
		DENY(process_vm_writev),
		DENY(kill),
		DENY(tkill),
		DENY(keyctl),
		DENY(add_key),
		DENY(request_key),
		DENY(bpf),
		DENY(userfaultfd),
		DENY(perf_event_open),
		DENY(unshare),
		DENY(setns),
		DENY(mount),
		DENY(open_by_handle_at),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
#undef DENY
	const struct sock_fprog prog = { sizeof(code) / sizeof(*code),
		(struct sock_filter *)code };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0)
		return errno == EINVAL ? 0 : -errno; /* a kernel without filters */
#endif
	return 0;
}

static int set_capabilities(uint64_t now, uint64_t inherited)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 0 }, { 0 } };

	for (int i = 0; i < 2; i++) {
		data[i].effective = data[i].permitted = (uint32_t)(now >> 32 * i);
		data[i].inheritable = (uint32_t)(inherited >> 32 * i);
	}
	return syscall(SYS_capset, &head, data) < 0 ? -errno : 0;
}

/* grub-fstest goes by the file's own name, whoever may pass through its folders. */
static bool is_reachable(int fd)
{
	char link[32], path[PATH_MAX], *slash;
	struct stat st;
	ssize_t n;

	confine_path(fd, link);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	if (*path != '/' || strncmp(path, "/memfd:", 7) == 0)
		return true;
	while ((slash = strrchr(path, '/')) && slash != path) {
		*slash = '\0';
		if (stat(path, &st) < 0 || !(st.st_mode & S_IXOTH))
			return false;
	}
	return true;
}

/*
 * What nobody may not open, although root has, takes one right of root's: to read, or
 * to write, any file; which of them is for Landlock to say.
 */
static uint64_t wanted_right(const struct confine *c, const char *program)
{
	mode_t need = c->write ? S_IROTH | S_IWOTH : S_IROTH;
	int cap = c->write ? CAP_DAC_OVERRIDE : CAP_DAC_READ_SEARCH;
	bool any = strchr(program, '/') && strncmp(program, "/usr/", 5) != 0;
	struct stat st;

	for (size_t i = 0; i < c->n; i++)
		any |= fstat(c->files[i], &st) < 0 || (st.st_mode & need) != need ||
		       !is_reachable(c->files[i]);
	return any ? (uint64_t)1 << cap : 0;
}

static int become_nobody(uint64_t right)
{
	const uint64_t search = (uint64_t)1 << CAP_DAC_READ_SEARCH;
	int r;

	if (unshare(CLONE_NEWNET | CLONE_NEWIPC) < 0 && errno != EPERM &&
		errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (prctl(PR_SET_KEEPCAPS, 1) < 0)
		return -errno;
	/* EPERM: in a user namespace that has no groups to give up */
	if (setgroups(0, NULL) < 0 && errno != EPERM)
		return -errno;
	/* EINVAL: one without a nobody, whose root is an ordinary user */
	if (setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
		setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return errno == EINVAL ? 0 : -errno;
	/* to find the program that root has named; exec() takes it away */
	if ((r = set_capabilities(right | search, right)) < 0)
		return r == -EPERM ? set_capabilities(0, 0) : r;
	for (int cap = 0; right && cap < 64; cap++)
		if (right >> cap & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
						cap, 0, 0) < 0)
			return -errno;
	return 0;
}

/* To be read only: opened anew, without the right to write and without a lock on it. */
static int hand_over(int file, bool write)
{
	_cleanup_close_ int fd = -1;
	char path[32];

	if (write)
		return fcntl(file, F_SETFD, 0) < 0 ? -errno : 0;
	confine_path(file, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 || dup2(fd, file) < 0 ? -errno : 0;
}

int confine(const struct confine *c, const char *program)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->n; i++)
		r = hand_over(c->files[i], c->write);
	if (r < 0)
		return r;
	if (geteuid() == 0)
		r = become_nobody(wanted_right(c, program));
	if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	if (r == 0)
		r = fence_files(c, program);
	return r < 0 ? r : fence_calls();
}
