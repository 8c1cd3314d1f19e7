// SPDX-License-Identifier: MIT
/*
 * nbd.h - the image as a disk for a guest: the Network Block Device protocol on
 * a socket, of which QEMU has the other end. What the guest writes goes into an
 * overlay, so the file stays as it is.
 */
#ifndef GRUBIFY_NBD_H
#define GRUBIFY_NBD_H

#include "overlay.h"

#include <stdbool.h>

struct nbd {
	int fd;
	struct overlay *ov;
	uint64_t left; /* bytes that may still be written */
	bool ready;    /* the greetings are over */
	bool greeted;
};

/* fd stays the caller's. limit: writes beyond it get ENOSPC. */
void nbd_init(struct nbd *n, int fd, struct overlay *ov, uint64_t limit);

/*
 * Answers the one message that waits on fd, or says hello. 1: go on; 0: the other
 * end is through; or a negative errno: -EPROTO for what is not the protocol.
 */
int nbd_serve(struct nbd *n);

#endif
