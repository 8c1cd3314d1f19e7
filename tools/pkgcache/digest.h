// SPDX-License-Identifier: MIT
/* digest.h - the sums of a file's bytes, as they pass. */
#ifndef PKGCACHE_DIGEST_H
#define PKGCACHE_DIGEST_H

#include "header.h"

struct digest {
	void *sha256, *named; /* OpenSSL's; NULL: not wanted */
	void *sum;	      /* the store's own, of what follows a header and of it */
};

/*
 * algo is what an archive calls one more algorithm ("SHA512", "MD5Sum"), one that is
 * not known is left out; NULL: none. 0 or -ENOMEM; to be freed in any case.
 */
int digest_begin(struct digest *d, const char *algo);

/* The store's own alone. */
int digest_begin_sum(struct digest *d);

void digest_free(struct digest *d);

void digest_add(struct digest *d, const void *data, size_t n);

/* At the end, once each, hexadecimal: out[65], out[HASH_MAX + 1]. */
void digest_sha256(struct digest *d, char *out);
void digest_named(struct digest *d, char *out);

/* The store's own, out[33], over these lines of the header, too. */
void digest_sum(struct digest *d, const char *block, size_t covered, char *out);

#endif
