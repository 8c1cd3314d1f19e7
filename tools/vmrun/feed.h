// SPDX-License-Identifier: MIT
/* feed.h - a file or pipe whose bytes go to a port of the guest, as it takes them. */
#ifndef VMRUN_FEED_H
#define VMRUN_FEED_H

#include <libvirt/libvirt.h>

struct feed {
	int fd; /* -1: none, or at its end */
	int watch;
	char *buf;
	size_t at, len;
	virStreamPtr st; /* where they go; NULL: to the socket */
	int to, to_watch;
};

/*
 * What a port's stream, or its socket, is asked to tell; told again whenever that changes.
 * (libvirt has the same numbers for both.)
 */
enum {
	FEED_IDLE = VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_HANGUP |
		    VIR_STREAM_EVENT_ERROR,
	FEED_BUSY = FEED_IDLE | VIR_STREAM_EVENT_WRITABLE
};

/*
 * Opens it without waiting: a pipe nobody writes to yet is read once they do. 0 or
 * a negative errno.
 */
int feed_open(struct feed *f, const char *path);

/*
 * Its bytes go into the stream from now on or, if that is NULL, into the socket, for
 * which to_watch is libvirt's handle. 0, or -1 by libvirt.
 */
int feed_start(struct feed *f, virStreamPtr st, int to, int to_watch);

/* The stream has room. 0, or -1 when the guest's end is gone. */
int feed_push(struct feed *f);

void feed_stop(struct feed *f);

#endif
