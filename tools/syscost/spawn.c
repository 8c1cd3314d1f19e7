// SPDX-License-Identifier: MIT
/* spawn.c - a new process, in every way that there is. */
#include "kinds.h"
#include "cleanup.h"

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { EXEC_FAILED = 127 };

/* exit(0), by hand: neither a loader nor a library is measured with the kernel. */
static const unsigned char code[] = {
#if defined(__x86_64__)
	0xb8, 60, 0, 0, 0, /* mov eax, SYS_exit */
	0x31, 0xff,	   /* xor edi, edi */
	0x0f, 0x05,	   /* syscall */
#elif defined(__aarch64__)
	0xa8, 0x0b, 0x80, 0xd2, /* mov x8, SYS_exit */
	0x00, 0x00, 0x80, 0xd2, /* mov x0, 0 */
	0x01, 0x00, 0x00, 0xd4, /* svc 0 */
#else
	0,
#endif
};

#if defined(__x86_64__)
enum { MACHINE = EM_X86_64 };
#elif defined(__aarch64__)
enum { MACHINE = EM_AARCH64 };
#else
enum { MACHINE = EM_NONE };
#endif

struct image {
	Elf64_Ehdr head;
	Elf64_Phdr load;
	unsigned char code[sizeof(code)];
};

static void fill(struct image *p)
{
	const uint64_t base = 0x400000;

	*p = (struct image){
		.head = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
				  ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC,
			.e_machine = MACHINE,
			.e_version = EV_CURRENT,
			.e_entry = base + offsetof(struct image, code),
			.e_phoff = offsetof(struct image, load),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 1 },
		.load = { .p_type = PT_LOAD,
			.p_flags = PF_R | PF_X,
			.p_vaddr = base,
			.p_paddr = base,
			.p_filesz = sizeof(*p),
			.p_memsz = sizeof(*p),
			.p_align = 0x1000 },
	};
	memcpy(p->code, code, sizeof(code));
}

int tiny_program(char *path, size_t room)
{
	_cleanup_close_ int fd = -1;
	struct image image;
	int readable;

	if (MACHINE == EM_NONE)
		return -ENOTSUP;
	if ((fd = memfd_create("tiny", MFD_CLOEXEC)) < 0)
		return -errno;
	fill(&image);
	if (write(fd, &image, sizeof(image)) != (ssize_t)sizeof(image))
		return -EIO;
	/* What is open for writing cannot be executed. */
	snprintf(path, room, "/proc/self/fd/%d", fd);
	if ((readable = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return -errno;
	snprintf(path, room, "/proc/self/fd/%d", readable);
	return 0;
}

static int reap(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) != EXEC_FAILED ? 0 : -ENOEXEC;
}

static int run_fork(struct bench *b, uint64_t n)
{
	int r = 0;

	lap_begin(b);
	for (uint64_t i = 0; i < n && r == 0; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		r = pid < 0 ? -errno : reap(pid);
	}
	lap_end(b);
	return r;
}

static int run_fork_exec(struct bench *b, uint64_t n)
{
	char *const argv[] = { (char *)b->program, NULL };
	int r = 0;

	lap_begin(b);
	for (uint64_t i = 0; i < n && r == 0; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			execv(b->program, argv);
			_exit(EXEC_FAILED);
		}
		r = pid < 0 ? -errno : reap(pid);
	}
	lap_end(b);
	return r;
}

static int run_vfork_exec(struct bench *b, uint64_t n)
{
	char *const argv[] = { (char *)b->program, NULL };
	int r = 0;

	lap_begin(b);
	for (uint64_t i = 0; i < n && r == 0; i++) {
		/* vfork() is what is to be measured; the child only executes. */
		pid_t pid =
			vfork(); // NOLINT(clang-analyzer-security.insecureAPI.vfork)

		if (pid == 0) {
			execv(b->program, argv);
			_exit(EXEC_FAILED);
		}
		r = pid < 0 ? -errno : reap(pid);
	}
	lap_end(b);
	return r;
}

static int run_spawn(struct bench *b, uint64_t n)
{
	char *const argv[] = { (char *)b->program, NULL };
	char *const none[] = { NULL };
	int r = 0;

	lap_begin(b);
	for (uint64_t i = 0; i < n && r == 0; i++) {
		pid_t pid;

		if ((r = -posix_spawn(&pid, b->program, NULL, NULL, argv, none)) == 0)
			r = reap(pid);
	}
	lap_end(b);
	return r;
}

const struct kind spawn_kinds[] = {
	{ .name = "fork", .title = "process that ends at once, fork", .run = run_fork },
	{ .name = "fork-exec",
		.title = "process with a new program, fork and exec",
		.run = run_fork_exec },
	{ .name = "vfork-exec", .title = "the same, vfork", .run = run_vfork_exec },
	{ .name = "spawn", .title = "the same, posix_spawn", .run = run_spawn },
	{ .name = NULL },
};
