// SPDX-License-Identifier: MIT
/* probe.h - a guest of one sector, run by KVM. */
#ifndef KVMPROBE_PROBE_H
#define KVMPROBE_PROBE_H

#include <stddef.h>

extern const unsigned char guest_sector[], guest_sector_end[];

struct probe {
	int works;
	char reason[256];   /* why not; or how long it took */
	const char *failed; /* the step that was not done; NULL: none was begun */
	int done;	    /* steps that were */
	double ms;
};

/* Never fails: that it could not be tried is an answer, too. */
void probe_kvm(struct probe *p, const char *device, int timeout_ms);

/* The name of step i (0..), NULL behind the last. */
const char *probe_step(int i);

#endif
