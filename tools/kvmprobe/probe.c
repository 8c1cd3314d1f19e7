// SPDX-License-Identifier: MIT
#include "probe.h"
#include "hypervisor.h"
#include "clock.h"
#include "stages.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

enum { MEMORY = 1 << 20, CPUID_MAX = 256 };

static const struct {
	int letter;
	const char *name;
} steps[] = {
	{ STAGE_REAL, "real mode" },
	{ STAGE_LONG, "long mode with paging" },
	{ STAGE_SSE2, "SSE2" },
	{ STAGE_BMI2, "BMI2" },
	{ STAGE_TRAP, "a trap" },
	{ STAGE_FAULT, "a page fault" },
	{ STAGE_MSR, "CR3 and MSRs" },
	{ STAGE_RING3, "ring 3 and a system call" },
	{ STAGE_LOOP, "a loop" },
};
enum { STEPS = sizeof(steps) / sizeof(*steps) };

struct vm {
	int kvm, vm, cpu;
	unsigned char *memory;
	struct kvm_run *run;
	size_t run_size;
};

/* What the signal handler reaches: it makes KVM_RUN return, or not begin. */
static struct kvm_run *volatile running;

const char *probe_step(int i)
{
	return i >= 0 && i < STEPS ? steps[i].name : NULL;
}

static int no(struct probe *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int no(struct probe *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->reason, sizeof(p->reason), fmt, ap);
	va_end(ap);
	return -1;
}

static int open_device(struct vm *v, struct probe *p, const char *device)
{
	bool gone;
	int err;

	v->kvm = open(device, O_RDWR | O_CLOEXEC);
	if (v->kvm >= 0)
		return 0;
	err = errno;
	if (err == EACCES || err == EPERM)
		return no(p,
			"%s: not permitted to this user; as root: adduser USER kvm; "
			"then "
			"log in again",
			device);
	gone = err == ENOENT || err == ENXIO || err == ENODEV;
	if (gone && strcmp(hypervisor_of_host("")->driver, "xen") == 0)
		return no(p,
			"%s: not there: this is a host of Xen, which has the "
			"processor's virtualisation for its own guests",
			device);
	if (gone)
		return no(p,
			"%s: not there; as root: modprobe kvm_intel or kvm_amd; if "
			"that "
			"fails, this machine's firmware or its hypervisor does not "
			"offer "
			"virtualisation",
			device);
	return no(p, "%s: open: %s", device, strerror(err));
}

static int machine(struct vm *v, struct probe *p)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
	int version = ioctl(v->kvm, KVM_GET_API_VERSION, 0);
	__u64 identity = 0xfffbc000;

	if (version != KVM_API_VERSION)
		return no(p, "not the interface of KVM (version %d)", version);
	v->vm = ioctl(v->kvm, KVM_CREATE_VM, 0);
	if (v->vm < 0)
		return no(p, "create a machine: %s", strerror(errno));
	/* Needed by some Intel processors for real mode, unknown to others. */
	ioctl(v->vm, KVM_SET_IDENTITY_MAP_ADDR, &identity);
	ioctl(v->vm, KVM_SET_TSS_ADDR, 0xfffbd000UL);
	v->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (v->memory == MAP_FAILED) {
		v->memory = NULL;
		return no(p, "memory: %s", strerror(errno));
	}
	memcpy(v->memory + GUEST_BASE, guest_sector,
		(size_t)(guest_sector_end - guest_sector));
	region.userspace_addr = (__u64)(uintptr_t)v->memory;
	if (ioctl(v->vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		return no(p, "memory: %s", strerror(errno));
	return 0;
}

/* All that KVM can offer, as for "-cpu host": without it there is no long mode. */
static int offer_cpuid(const struct vm *v)
{
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 entries[CPUID_MAX];
	} c = { .head = { .nent = CPUID_MAX } };

	if (ioctl(v->kvm, KVM_GET_SUPPORTED_CPUID, &c) < 0)
		return -1;
	return ioctl(v->cpu, KVM_SET_CPUID2, &c);
}

static int processor(struct vm *v, struct probe *p)
{
	struct kvm_regs regs = { .rip = GUEST_BASE, .rflags = 2 };
	struct kvm_sregs sregs;
	int size;

	v->cpu = ioctl(v->vm, KVM_CREATE_VCPU, 0);
	if (v->cpu < 0)
		return no(p, "create a processor: %s", strerror(errno));
	size = ioctl(v->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (size < (int)sizeof(*v->run))
		return no(p, "create a processor: no shared page");
	v->run_size = (size_t)size;
	v->run = mmap(NULL, v->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, v->cpu, 0);
	if (v->run == MAP_FAILED) {
		v->run = NULL;
		return no(p, "create a processor: %s", strerror(errno));
	}
	if (offer_cpuid(v) < 0)
		return no(p, "the processor's features: %s", strerror(errno));
	if (ioctl(v->cpu, KVM_GET_SREGS, &sregs) < 0)
		return no(p, "registers: %s", strerror(errno));
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(v->cpu, KVM_SET_SREGS, &sregs) < 0 ||
		ioctl(v->cpu, KVM_SET_REGS, &regs) < 0)
		return no(p, "registers: %s", strerror(errno));
	return 0;
}

/* The bytes where the guest stands; its first 2 MiB are mapped to themselves. */
static void code_at(const struct vm *v, char *text, size_t size)
{
	const struct kvm_run *run = v->run;
	const unsigned char *code = NULL;
	struct kvm_regs regs = { 0 };
	size_t n = 0;

	ioctl(v->cpu, KVM_GET_REGS, &regs);
	if (run->exit_reason == KVM_EXIT_INTERNAL_ERROR && run->internal.ndata >= 4 &&
		(run->emulation_failure.flags &
			KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES)) {
		code = run->emulation_failure.insn_bytes;
		n = run->emulation_failure.insn_size;
	}
	if (n == 0 && regs.rip < MEMORY - 16) {
		code = v->memory + regs.rip;
		n = 8;
	}
	if (n > 8)
		n = 8;
	snprintf(text, size, "at 0x%llx:", (unsigned long long)regs.rip);
	for (size_t i = 0; i < n; i++)
		snprintf(text + strlen(text), size - strlen(text), " %02x", code[i]);
}

static int odd_exit(const struct vm *v, struct probe *p)
{
	const struct kvm_run *run = v->run;
	char where[64];

	code_at(v, where, sizeof(where));
	switch (run->exit_reason) {
	case KVM_EXIT_INTERNAL_ERROR:
		if (run->internal.suberror == KVM_INTERNAL_ERROR_EMULATION)
			return no(p, "KVM emulates, and cannot this instruction, %s",
				where);
		return no(p, "internal error %u of KVM, %s", run->internal.suberror,
			where);
	case KVM_EXIT_FAIL_ENTRY:
		return no(p, "the processor refuses the guest (0x%llx), %s",
			(unsigned long long)
				run->fail_entry.hardware_entry_failure_reason,
			where);
	case KVM_EXIT_SHUTDOWN:
		return no(p, "the guest died of a triple fault, %s", where);
	default:
		return no(
			p, "the guest stopped (exit %u), %s", run->exit_reason, where);
	}
}

/* 0: go on; 1: the guest has finished; -1: it never will. */
static int take_exit(const struct vm *v, struct probe *p)
{
	const struct kvm_run *run = v->run;
	unsigned char byte;

	if (run->exit_reason != KVM_EXIT_IO || run->io.direction != KVM_EXIT_IO_OUT ||
		run->io.size != 1)
		return odd_exit(v, p);
	byte = *((const unsigned char *)run + run->io.data_offset);
	if (run->io.port == GUEST_END_PORT)
		return byte == 0 && p->done == STEPS ? 1 : no(p, "a wrong result");
	if (run->io.port != GUEST_PORT || p->done == STEPS ||
		byte != steps[p->done].letter)
		return odd_exit(v, p);
	p->done++;
	p->failed = probe_step(p->done);
	return 0;
}

static void on_alarm(int sig)
{
	(void)sig;
	if (running)
		running->immediate_exit = 1;
}

static int run_guest(const struct vm *v, struct probe *p, int timeout_ms)
{
	int r = 0;

	p->failed = probe_step(0);
	while (r == 0) {
		if (ioctl(v->cpu, KVM_RUN, 0) == 0)
			r = take_exit(v, p);
		else if (errno == EINTR && v->run->immediate_exit)
			r = no(p, "not done within %d ms", timeout_ms);
		else if (errno != EINTR && errno != EAGAIN)
			r = no(p, "run: %s", strerror(errno));
	}
	return r;
}

/*
 * The timer repeats, for a signal that comes just before KVM_RUN; the field it
 * sets keeps the next KVM_RUN from beginning.
 */
static int run_timed(const struct vm *v, struct probe *p, int timeout_ms)
{
	const struct itimerval on = {
		.it_value = { timeout_ms / 1000, timeout_ms % 1000 * 1000L },
		.it_interval = { 0, 50000 },
	};
	const struct itimerval off = { 0 };
	const struct sigaction sa = { .sa_handler = on_alarm };
	struct sigaction old;
	int r;

	running = v->run;
	sigaction(SIGALRM, &sa, &old);
	setitimer(ITIMER_REAL, &on, NULL);
	r = run_guest(v, p, timeout_ms);
	setitimer(ITIMER_REAL, &off, NULL);
	sigaction(SIGALRM, &old, NULL);
	running = NULL;
	return r;
}

static void vm_close(struct vm *v)
{
	if (v->run)
		munmap(v->run, v->run_size);
	if (v->cpu >= 0)
		close(v->cpu);
	if (v->vm >= 0)
		close(v->vm);
	if (v->memory)
		munmap(v->memory, MEMORY);
	if (v->kvm >= 0)
		close(v->kvm);
}

void probe_kvm(struct probe *p, const char *device, int timeout_ms)
{
	struct vm v = { .kvm = -1, .vm = -1, .cpu = -1 };
	const int64_t start = clock_ns();

	memset(p, 0, sizeof(*p));
	if (open_device(&v, p, device) == 0 && machine(&v, p) == 0 &&
		processor(&v, p) == 0 && v.run && run_timed(&v, p, timeout_ms) == 1)
		p->works = 1;
	vm_close(&v);
	p->ms = (double)(clock_ns() - start) / 1e6;
}
