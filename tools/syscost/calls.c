// SPDX-License-Identifier: MIT
/* calls.c - one thread and the kernel. */
#include "kinds.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { FAULT_PAGES = 512 };

static int run_syscall(struct bench *b, uint64_t n)
{
	lap_begin(b);
	for (uint64_t i = 0; i < n; i++)
		syscall(SYS_getppid);
	lap_end(b);
	return 0;
}

static int run_clock_vdso(struct bench *b, uint64_t n)
{
	struct timespec t;

	lap_begin(b);
	for (uint64_t i = 0; i < n; i++)
		clock_gettime(CLOCK_MONOTONIC, &t);
	lap_end(b);
	return 0;
}

static int run_clock_syscall(struct bench *b, uint64_t n)
{
	struct timespec t;

	lap_begin(b);
	for (uint64_t i = 0; i < n; i++)
		syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
	lap_end(b);
	return 0;
}

static void *map(size_t len)
{
	return mmap(
		NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int run_mmap(struct bench *b, uint64_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	lap_begin(b);
	for (uint64_t i = 0; i < n; i++) {
		void *p = map(page);

		if (p == MAP_FAILED)
			return -errno;
		munmap(p, page);
	}
	lap_end(b);
	return 0;
}

/* Fresh pages each time; only their first touch is timed. */
static int run_fault(struct bench *b, uint64_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (uint64_t done = 0; done < n; done += FAULT_PAGES) {
		uint64_t pages = n - done < FAULT_PAGES ? n - done : FAULT_PAGES;
		volatile char *p = map(FAULT_PAGES * page);

		if (p == MAP_FAILED)
			return -errno;
		/* One fault a page is the point; a huge page would be one for all. */
		madvise((void *)p, FAULT_PAGES * page, MADV_NOHUGEPAGE);
		lap_begin(b);
		for (uint64_t i = 0; i < pages; i++)
			p[i * page] = 1;
		lap_end(b);
		munmap((void *)p, FAULT_PAGES * page);
	}
	return 0;
}

const struct kind call_kinds[] = {
	{ .name = "syscall",
		.title = "system call that returns at once",
		.run = run_syscall },
	{ .name = "clock-vdso",
		.title = "clock read without a call (vDSO)",
		.run = run_clock_vdso },
	{ .name = "clock-syscall",
		.title = "clock read by system call",
		.run = run_clock_syscall },
	{ .name = "fault", .title = "first touch of a page", .run = run_fault },
	{ .name = "mmap",
		.title = "mmap and munmap of a page, untouched",
		.run = run_mmap },
	{ .name = NULL },
};
