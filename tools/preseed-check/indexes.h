// SPDX-License-Identifier: MIT
/* indexes.h - which index is the release's. */
#ifndef CHECK_INDEXES_H
#define CHECK_INDEXES_H

#include "qindex.h"

struct indexes {
	struct qindex *v; /* the release's first, then the others */
	size_t n;
};

/*
 * Opens the index in the file path; without one, that of release and arch (NULL:
 * of the stable release, of this machine) where indexes are kept, and those of the
 * other releases besides. Says what is wrong. 0 or a negative errno.
 */
int indexes_open(
	struct indexes *x, const char *path, const char *release, const char *arch);

void indexes_close(struct indexes *x);

#endif
