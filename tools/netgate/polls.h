// SPDX-License-Identifier: MIT
/* polls.h - the descriptors of one round of poll(2). */
#ifndef NETGATE_POLLS_H
#define NETGATE_POLLS_H

#include <poll.h>
#include <stddef.h>

struct polls {
	struct pollfd *v;
	size_t n, room;
};

/* The index of fd in this round, or -1: out of memory, or no descriptor. */
int polls_add(struct polls *p, int fd, short events);

/* What happened to the one with that index (-1: nothing). */
short polls_got(const struct polls *p, int index);

#endif
