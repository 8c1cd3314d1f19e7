/* gate.h - a network of one guest, with the ways out that were given to it. */
#ifndef NETGATE_GATE_H
#define NETGATE_GATE_H

#include "addr.h"

#include <stdint.h>
#include <stdio.h>

struct gate_config {
	const char *socket; /* where the guest's QEMU connects */
	struct cidr net;
	struct in_addr host;  /* the gate's own address in it */
	struct in_addr guest; /* what DHCP gives, and where forwards lead */
	struct proxy *proxies;
	int proxy_count;
	struct forward *forwards;
	int forward_count;
	uint64_t limit; /* bytes that the guest may receive; 0: any number */
	int open;	/* it may go anywhere but to the host's loopback */
	int keep;	/* another guest may come when one has gone */
	FILE *out;	/* records */
	int ready_fd;
};

/*
 * Runs the gate until its guest has gone or a signal of mask `signals`
 * (blocked by the caller) comes. 0, or a negative errno after a message; -EDQUOT:
 * the guest received more than the limit.
 */
int gate_run(const struct gate_config *cfg);

#endif
