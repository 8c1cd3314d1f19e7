// SPDX-License-Identifier: MIT
/*
 * header.h - what a stored file begins with: HEADER_SIZE bytes of text, and zeros.
 *
 *	seedbed-pkgcache 1
 *	url=http://deb.debian.org/debian/dists/trixie/InRelease
 *	size=140342			what follows; "-": not known yet
 *	etag="22543-63b1"		validators, as the server spelt them, where it
 *did modified=Sat, 06 Sep 2025 10:12:42 GMT
 *	sha256=...			of what follows, once all of it is there
 *	sum=...				XXH3 of what follows and of the lines above
 */
#ifndef PKGCACHE_HEADER_H
#define PKGCACHE_HEADER_H

#include "target.h"

#include <stdint.h>

enum { HEADER_SIZE = 4096, VALIDATOR_MAX = 255 };

struct header {
	char url[URL_MAX_LEN + 1];
	int64_t size; /* -1: not known */
	char etag[VALIDATOR_MAX + 1];
	char modified[VALIDATOR_MAX + 1];
	char sha256[64 + 1]; /* empty: not all of it is there */
	char sum[32 + 1];
};

/* Writes h as text to block[HEADER_SIZE]. How many bytes of it are before "sum=". */
size_t header_write(const struct header *h, char *block);

/* Reads it. Whether it is one; *covered is what header_write() returned. */
bool header_read(const char *block, struct header *h, size_t *covered);

/* Whether s can stand in a header, or a request: printable ASCII that fits. */
bool validator_ok(const char *s, size_t len);

#endif
