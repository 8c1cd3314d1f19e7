// SPDX-License-Identifier: MIT
/*
 * store.h - the folder of files that builds of a user share.
 *
 *	DIR/ab/abcd...		a file, by the SHA-256 of its URL (target.h: kept):
 *				a header, and what it is
 *	DIR/part/abcd...	one that is being fetched
 *	DIR/lock		held by who makes room
 *
 * There is no process behind it, only locks, which go with who held them (fcntl(2),
 * F_OFD_SETLK). Who fetches holds byte 0 of a part for itself; who reads along holds
 * byte 1 with others. Who reads a whole file holds byte 0 with others. What nobody
 * holds is left over from somebody who was killed.
 */
#ifndef PKGCACHE_STORE_H
#define PKGCACHE_STORE_H

#include "header.h"

struct store {
	int dir, parts;
};

/* Makes what is missing. 0 or a negative errno; -EPERM: others may write to it. */
int store_open(struct store *s, const char *path);
void store_close(struct store *s);

/* --- whole files --- */

struct kept {
	int fd; /* -1: none */
	struct header h;
};

/*
 * What is kept of the URL, read whole and found as it was stored, now counted as used.
 * 1: *k has it; 0: nothing; -EBADMSG: it was damaged, and is gone.
 */
int store_find(const struct store *s, const char *url, struct kept *k);

/* Whether something is kept of it, good or not. */
bool store_has(const struct store *s, const char *url);

/* Takes it out of the store, unless another is in its place by now. */
void store_drop(const struct store *s, const struct kept *k);

void kept_close(struct kept *k);

/* --- files that are being fetched --- */

struct part {
	int fd; /* -1: none */
	char name[65];
	bool anonymous; /* it has no name that others could find */
	bool ours;	/* to fill */
	bool published;
};

/*
 * A new one, ours to fill. 0 or a negative errno; -EBUSY: another fills it.
 * What a killed process left of it is removed.
 */
int part_begin(const struct store *s, const char *url, struct part *p);

/* One that nobody else knows of, with what another has up to here (NULL: nothing). */
int part_alone(const struct store *s, const char *url, const struct part *from,
	uint64_t upto, struct part *p);

/*
 * Another's, to read along. 0; -ENOENT: nobody fills it; -EAGAIN: it has no header yet.
 */
int part_join(const struct store *s, const char *url, struct part *p, struct header *h);

/* Whether it is ours to fill by now, as who filled it has gone. */
bool part_take(struct part *p);

/* Whether others read along. */
bool part_followed(const struct part *p);

/* Its header as it is now, and how many bytes follow. 0 or a negative errno. */
int part_look(const struct part *p, struct header *h, uint64_t *have);

int part_header(const struct part *p, const struct header *h);

/* A whole one takes its place in the store. */
int part_publish(const struct store *s, struct part *p);

/* Ours, given up: for those who read along, or for good. Another's: no longer read. */
void part_leave(const struct store *s, struct part *p);

/* --- room --- */

/* Removes what is left over and, where limit is not 0, what was not used longest. */
void store_tidy(const struct store *s, uint64_t limit);

#endif
