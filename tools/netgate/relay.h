// SPDX-License-Identifier: MIT
/*
 * relay.h - from a unix socket of one's own to where a connection shall go.
 *
 * libslirp connects a guest's connection to a unix socket, and waits for that.
 * A socket that this process itself listens on never lets it wait; the way on,
 * to a unix socket or by TCP, is made here without waiting.
 */
#ifndef NETGATE_RELAY_H
#define NETGATE_RELAY_H

#include "addr.h"
#include "polls.h"

struct pair;

struct relay {
	struct proxy *proxy;
	char *path; /* of the socket in between */
	int listener, slot;
	struct pair *pairs;
	int open;
	unsigned long total, refused, failed;
};

/* Listens on path, for proxy p. 0 or a negative errno. */
int relay_start(struct relay *r, struct proxy *p, const char *path);

/* Takes what libslirp has connected; cheap when there is nothing. */
void relay_accept(struct relay *r);

void relay_fill(struct relay *r, struct polls *p);
void relay_serve(struct relay *r, const struct polls *p);

/* Closes everything and removes the socket. */
void relay_end(struct relay *r);

#endif
