// SPDX-License-Identifier: MIT
/* serve.h - the guest's side: requests on a unix socket (libmicrohttpd). */
#ifndef PKGCACHE_SERVE_H
#define PKGCACHE_SERVE_H

#include "fetch.h"

struct server;

/*
 * Answers who connects to the listening socket (which is its own from then on), so many
 * at a time. NULL: it does not start.
 */
struct server *serve_begin(struct source *s, int listener, unsigned connections);

/* All connections are closed. source_end() before it. */
void serve_end(struct server *v);

#endif
