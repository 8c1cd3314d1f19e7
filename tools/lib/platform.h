// SPDX-License-Identifier: MIT
/*
 * platform.h - what differs from one architecture to another: a row each.
 *
 * A row need not be complete. One without a kernel has names and nothing else; one
 * without a machine can be answered for, but no guest of it can be made here.
 */
#ifndef SEEDBED_PLATFORM_H
#define SEEDBED_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>

/* What QEMU calls a machine, and the bus that its cards are on. */
struct platform_machine {
	const char *name, *bus;
};

struct platform {
	const char *name;	    /* Debian's: amd64 */
	const char *isa;	    /* uname's and libvirt's: x86_64 */
	const char *kernel, *cloud; /* linux-image-...; NULL: has no such */
	const char *console;	    /* the serial console's device */
	bool bios, uefi;	    /* what it boots with; bios: its own, no UEFI */
	const char *bios_loader;    /* packages, a blank between; NULL: not known */
	const char *uefi_loader;
	struct platform_machine machine[2]; /* the first unless said otherwise */
	const char *panic;		    /* libvirt's model of the device */
	const char *tcg_cpu;		    /* the model without KVM */
};

/* By either name; NULL if there is no such row. */
const struct platform *platform_find(const char *name);

/* The packages of its boot loader for that firmware (bios, uefi); "" where not known.
 */
const char *platform_loader(const struct platform *p, const char *firmware);

/* The bus of that machine of QEMU's; NULL if no guest of it can be made. */
const char *platform_bus(const struct platform *p, const char *machine);

/*
 * The names of those that a system can be installed for, "a, b, c", or of those that a
 * guest can be made for. What does not fit is left out.
 */
void platform_names(char *out, size_t size, bool guests);

#endif
