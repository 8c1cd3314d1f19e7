// SPDX-License-Identifier: MIT
/* pack.h - writes a tree as a cpio archive of the kind kernels unpack. */
#ifndef INITRD_PACK_H
#define INITRD_PACK_H

#include "tree.h"

#include <stdio.h>

struct reason {
	char text[256]; /* "": there is none beyond the errno */
};

/*
 * Writes t to f, with gzip or as it is: the same bytes for the same tree. 0, or a
 * negative errno and *why.
 */
int pack(const struct tree *t, bool gzip, FILE *f, struct reason *why);

#endif
