// SPDX-License-Identifier: MIT
/*
 * sums.h - what packages are to be, as apt's lists of an archive have it.
 *
 * A list's stanzas have "Filename:" and "SHA256:". Its own name says whose it is where
 * it is one of apt's ("deb.debian.org_debian_dists_trixie_main_binary-amd64_Packages");
 * another's is good for every archive.
 */
#ifndef PKGCACHE_SUMS_H
#define PKGCACHE_SUMS_H

#include <stdbool.h>
#include <stddef.h>

struct sum;
struct sums {
	struct sum **bucket;
	size_t room, n;
};

enum fit { FIT_UNKNOWN, FIT_YES, FIT_NO };

/* The list in the file path. 0 or a negative errno; -EBADMSG where it is no list. */
int sums_read(struct sums *s, const char *path);

/* The same of text; name is the last part of its path. */
int sums_add(struct sums *s, const char *name, const char *text, size_t len);

/* Whether what lies at the URL may have that checksum (hexadecimal). */
enum fit sums_fit(const struct sums *s, const char *url, const char *sha256);

/* Whether a list has something of that URL. */
bool sums_know(const struct sums *s, const char *url);

void sums_free(struct sums *s);

#endif
