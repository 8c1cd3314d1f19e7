// SPDX-License-Identifier: MIT
/* place.h - the store from inside: names of files there, and their locks (store.h). */
#ifndef PKGCACHE_PLACE_H
#define PKGCACHE_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

enum {
	MODE_FILE = 0600,
	MODE_FOLDER = 0700,
	NAME_SIZE = 64 + 1,
	PLACE_SIZE = 3 + 64 + 1
};

/* The SHA-256 of a URL, as name[NAME_SIZE]. */
void place_name(const char *url, char *name);

/* "ab/abcd...", as place[PLACE_SIZE]. */
void place_of(const char *name, char *place);

/* Locks len bytes from at on, without waiting (F_RDLCK, F_WRLCK, F_UNLCK). */
bool place_lock(int fd, short type, off_t at, off_t len);

/* Whether another holds what would bar a lock of that type. */
bool place_held(int fd, short type, off_t at);

/* Whether the name still leads to this file. */
bool place_is(int dir, const char *name, int fd);

#endif
