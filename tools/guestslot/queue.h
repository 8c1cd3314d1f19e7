// SPDX-License-Identifier: MIT
/*
 * queue.h - guests of this host, and those that wait to be one, in the order in which
 * they came.
 *
 * Each is a file of the directory, its number the name, that its owner holds a lock on:
 * of one that was killed the lock has gone, and whoever looks next removes the file.
 * All is done while the directory itself is locked, which is never for long.
 */
#ifndef GUESTSLOT_QUEUE_H
#define GUESTSLOT_QUEUE_H

struct queue {
	int dir, own;
	unsigned long long number, mib;
	const char *name; /* whose place it is, for people who look into the file */
};

/* What there is besides us. */
struct others {
	unsigned ahead;		/* wait, and came before */
	unsigned guests;	/* are at work */
	unsigned long long mib; /* was promised to those */
};

/* The directory is made if it is not there. 0 or a negative errno. */
int queue_open(struct queue *q, const char *dir);

/* 0, -EAGAIN: somebody else is at it, or a negative errno. */
int queue_lock(struct queue *q);
void queue_unlock(struct queue *q);

/* The next three while it is locked. 0 or a negative errno. */
int queue_join(struct queue *q, unsigned long long mib, const char *name);
int queue_look(struct queue *q, struct others *o);
int queue_go(struct queue *q); /* a guest from now on */

/* Our place is free, and the descriptors closed; harmless before queue_join(). */
void queue_leave(struct queue *q);

#endif
