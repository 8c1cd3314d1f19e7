// SPDX-License-Identifier: MIT
/*
 * target.h - what a request asks for: whether an archive's layout has it, and the one
 * name under which it is fetched and kept.
 *
 * Pure: looks at the request's text and nothing else.
 */
#ifndef PKGCACHE_TARGET_H
#define PKGCACHE_TARGET_H

#include <stdbool.h>
#include <stddef.h>

enum {
	HOST_MAX = 253 + 6, /* HOST:PORT */
	URL_MAX_LEN = 2000,
	HASH_MAX = 128, /* SHA512 in hexadecimal */
};

/* Why a request is refused. */
enum refusal {
	ALLOWED,
	REFUSE_METHOD,
	REFUSE_BODY,
	REFUSE_FORM,
	REFUSE_SCHEME,
	REFUSE_USERINFO,
	REFUSE_HOST,
	REFUSE_QUERY,
	REFUSE_FRAGMENT,
	REFUSE_PATH,
	REFUSE_LAYOUT,
	REFUSE_ADDRESS,
	REFUSE_LIMIT,
};

/* Its name, for a result file, and the text that the guest gets. */
const char *refusal_name(enum refusal r);
const char *refusal_text(enum refusal r);

struct target {
	char url[URL_MAX_LEN + 1]; /* http://HOST[:PORT]/PATH, one spelling a file */
	char kept[URL_MAX_LEN + 1]; /* what the store calls it: the URL, but: */
	char host[HOST_MAX + 1];   /* HOST[:PORT], without port 80 */
	bool hashed;		   /* named by its hash: */
	char algo[8];		   /* "SHA256" */
	char hash[HASH_MAX + 1];
	bool package; /* .deb, .udeb */
	bool pool;    /* beneath pool/: the name has the version */
};

/*
 * raw is a request's target as it came, an absolute URI, or a path that lies on the
 * server host (the Host header; NULL: none).
 */
enum refusal target_parse(const char *raw, const char *host, struct target *t);

/*
 * It came from a source that may lie in the operator's own network: kept for builds that
 * may ask there, and for no others.
 */
void target_inside(struct target *t);

/* HOST[:PORT] in one spelling, in out[HOST_MAX + 1]. Whether it is one. */
bool host_parse(const char *s, size_t len, char *out);

#endif
