// SPDX-License-Identifier: MIT
/* pairs.c - two threads or two processes that hand each other the processor. */
#include "kinds.h"
#include "cleanup.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* Shared with the other side. */
struct shared {
	_Atomic uint32_t turn; /* 1: the other side's */
	_Atomic bool over;
	_Atomic uint64_t yields;
	pthread_t thread;
	bool has_thread;
};

static int share(struct bench *b)
{
	struct shared *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		return -errno;
	b->memory = s;
	return 0;
}

static void unshare_all(struct bench *b)
{
	if (b->child > 0) {
		kill(b->child, SIGKILL);
		waitpid(b->child, NULL, 0);
	}
	if (b->fd_in >= 0)
		close(b->fd_in);
	if (b->fd_out >= 0)
		close(b->fd_out);
	if (b->memory)
		munmap(b->memory, sizeof(struct shared));
}

/* --- yield --- */

static void *yielder(void *arg)
{
	struct shared *s = arg;

	while (!atomic_load_explicit(&s->over, memory_order_relaxed)) {
		atomic_fetch_add_explicit(&s->yields, 1, memory_order_relaxed);
		sched_yield();
	}
	return NULL;
}

/* The new thread inherits the processor that this one is pinned to. */
static int begin_yield(struct bench *b)
{
	struct shared *s;
	int r = share(b);

	if (r < 0)
		return r;
	s = b->memory;
	if ((r = pthread_create(&s->thread, NULL, yielder, s)))
		return -r;
	s->has_thread = true;
	return 0;
}

/* Both sides' yields count: each is one way. */
static int run_yield(struct bench *b, uint64_t n)
{
	struct shared *s = b->memory;
	uint64_t before = atomic_load(&s->yields);

	lap_begin(b);
	for (uint64_t i = 0; i < n; i++)
		sched_yield();
	lap_end(b);
	b->others = atomic_load(&s->yields) - before;
	return 0;
}

static void end_yield(struct bench *b)
{
	struct shared *s = b->memory;

	if (s && s->has_thread) {
		atomic_store(&s->over, true);
		pthread_join(s->thread, NULL);
	}
	unshare_all(b);
}

/* --- a byte through two pipes --- */

static _Noreturn void echo(int in, int out, int cpu)
{
	char c;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (pin(cpu) < 0)
		_exit(1);
	while (read(in, &c, 1) == 1 && write(out, &c, 1) == 1)
		;
	_exit(0);
}

static int pipe_to(struct bench *b, int cpu)
{
	_cleanup_close_ int there_r = -1, there_w = -1, back_r = -1, back_w = -1;
	int p[2];

	if (pipe2(p, O_CLOEXEC) < 0)
		return -errno;
	there_r = p[0];
	there_w = p[1];
	if (pipe2(p, O_CLOEXEC) < 0)
		return -errno;
	back_r = p[0];
	back_w = p[1];
	if ((b->child = fork()) < 0)
		return -errno;
	if (b->child == 0) {
		close(there_w);
		close(back_r);
		echo(there_r, back_w, cpu);
	}
	b->fd_in = steal_fd(&back_r);
	b->fd_out = steal_fd(&there_w);
	return 0;
}

static int begin_pipe(struct bench *b)
{
	return pipe_to(b, b->cpu);
}

static int begin_pipe_far(struct bench *b)
{
	return pipe_to(b, b->other_cpu);
}

static int run_pipe(struct bench *b, uint64_t n)
{
	char c = 'x';

	lap_begin(b);
	errno = EPIPE; /* what an end of file says */
	for (uint64_t i = 0; i < n; i++)
		if (write(b->fd_out, &c, 1) != 1 || read(b->fd_in, &c, 1) != 1)
			return -errno;
	lap_end(b);
	return 0;
}

/* The same bytes through a pipe to oneself: what is no switch. */
static int begin_self(struct bench *b)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) < 0)
		return -errno;
	b->fd_in = p[0];
	b->fd_out = p[1];
	return 0;
}

/* --- a word in shared memory, a futex to wait at --- */

static void await(struct shared *s, uint32_t turn)
{
	uint32_t now;

	while ((now = atomic_load(&s->turn)) != turn)
		syscall(SYS_futex, &s->turn, FUTEX_WAIT, now, NULL, NULL, 0);
}

static void hand_over(struct shared *s, uint32_t turn)
{
	atomic_store(&s->turn, turn);
	syscall(SYS_futex, &s->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static int futex_to(struct bench *b, int cpu)
{
	int r = share(b);

	if (r < 0)
		return r;
	if ((b->child = fork()) < 0)
		return -errno;
	if (b->child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (pin(cpu) < 0)
			_exit(1);
		for (;;) {
			await(b->memory, 1);
			hand_over(b->memory, 0);
		}
	}
	return 0;
}

static int begin_futex(struct bench *b)
{
	return futex_to(b, b->cpu);
}

static int begin_futex_far(struct bench *b)
{
	return futex_to(b, b->other_cpu);
}

static int run_futex(struct bench *b, uint64_t n)
{
	lap_begin(b);
	for (uint64_t i = 0; i < n; i++) {
		hand_over(b->memory, 1);
		await(b->memory, 0);
	}
	lap_end(b);
	return 0;
}

const struct kind pair_kinds[] = {
	{ .name = "yield",
		.title = "yield to another thread",
		.begin = begin_yield,
		.run = run_yield,
		.end = end_yield },
	{ .name = "pipe",
		.title = "byte to another process and back, pipes",
		.begin = begin_pipe,
		.run = run_pipe,
		.end = unshare_all },
	{ .name = "pipe-2cpu",
		.title = "the same, on two processors",
		.begin = begin_pipe_far,
		.run = run_pipe,
		.end = unshare_all,
		.needs_other_cpu = true },
	{ .name = "futex",
		.title = "byte there and back, shared memory, futex",
		.begin = begin_futex,
		.run = run_futex,
		.end = unshare_all },
	{ .name = "futex-2cpu",
		.title = "the same, on two processors",
		.begin = begin_futex_far,
		.run = run_futex,
		.end = unshare_all,
		.needs_other_cpu = true },
	{ .name = "pipe-self",
		.title = "byte to oneself, pipe",
		.begin = begin_self,
		.run = run_pipe,
		.end = unshare_all,
		.hidden = true },
	{ .name = NULL },
};
