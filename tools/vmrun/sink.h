// SPDX-License-Identifier: MIT
/* sink.h - a file, or a reader, that a guest may fill up to a limit. */
#ifndef VMRUN_SINK_H
#define VMRUN_SINK_H

#include "pump.h"

struct sink {
	const char *path;
	int fd; /* -1: what is put is only counted */
	struct pump
		*pump; /* to who may be slow; NULL: a file, which takes all at once */
	unsigned long long bytes, max;
	unsigned long long waiting; /* what may wait for a reader */
};

/* Creates or empties the file. 0 or a negative errno. */
int sink_open(struct sink *s, const char *path, unsigned long long max);

/* To a descriptor that stays open; name is for messages. */
int sink_to(struct sink *s, int fd, const char *name, unsigned long long max);

/*
 * Never waits for a reader. 0; -EFBIG: past the limit (what fits was written);
 * -ENOBUFS: past what may wait for a reader; or a negative errno.
 */
int sink_put(struct sink *s, const char *data, size_t n);

/* How much waits for a reader. */
unsigned long long sink_waits(const struct sink *s);

/* 0, or a negative errno if something was lost: -ETIMEDOUT, what waited still. */
int sink_close(struct sink *s);

#endif
