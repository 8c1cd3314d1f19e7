// SPDX-License-Identifier: MIT
/*
 * host.h - what the host lets one guess.
 *
 * Each returns NULL when the host says nothing usable. *source is set to where
 * it was found.
 */
#ifndef PRESEED_HOST_H
#define PRESEED_HOST_H

#include "pool.h"

struct distribution;

struct host {
	struct pool *pool;
	const char *root; /* "" or the folder that stands for / */
};

const char *host_locale(const struct host *h, const char **source);
const char *host_keyboard(const struct host *h, const char **source);
const char *host_timezone(const struct host *h, const char **source);

/* Of that distribution. */
const char *host_mirror(
	const struct host *h, const struct distribution *of, const char **source);

/* The invoking user's SSH public keys, one a line, "" if there are none. */
const char *host_ssh_keys(const struct host *h, const char **source);

/* A file's text; NULL if it cannot be read or is over a megabyte. */
const char *host_text(const struct host *h, const char *path);

#endif
