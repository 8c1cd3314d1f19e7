// SPDX-License-Identifier: MIT
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
	FILE *out;	/* records; NULL: nobody wants them */
	int ready_fd;
	const char *const *command; /* run inside it; NULL: none */
	const char *result;	    /* where to put how it went; NULL: nowhere */
};

/* Of a gate without a command; with one, these are all CAPTIVE_FAILED. */
enum { GATE_FAILED = 1, GATE_LIMIT = 3 };

/*
 * Runs the gate until its command has ended, or without one until its guest has gone or
 * a signal asks it to end. The exit status, after a message where it failed.
 */
int gate_run(const struct gate_config *cfg);

#endif
