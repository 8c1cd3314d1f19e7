// SPDX-License-Identifier: MIT
/* idle.h - connections to servers (libcurl's handles), kept for whoever asks next. */
#ifndef PKGCACHE_IDLE_H
#define PKGCACHE_IDLE_H

#include "fetch.h"

#include <curl/curl.h>

/* One with the options that libcurl begins with; NULL: no memory. */
CURL *idle_take(struct source *s);
void idle_keep(struct source *s, CURL *c);

/* All that are kept. */
void idle_free(struct source *s);

#endif
