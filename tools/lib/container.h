// SPDX-License-Identifier: MIT
/*
 * container.h - files that are no disk's bytes as they are: images in a format of
 * their own, archives, compressed files; and what makes a raw image of each.
 */
#ifndef SEEDBED_CONTAINER_H
#define SEEDBED_CONTAINER_H

#include "image.h"

/*
 * Sets container, inside and problem of an image that is attached, and its state, if it
 * is one. Formats that could be a disk's first bytes by chance are looked for with
 * weak only, which is for what has neither a partition table nor a filesystem.
 */
void container_find(struct image *img, bool weak);

/* Why it is not to be converted before it is looked at (see convert.h), or NULL. */
const char *container_refusal(const struct image *img);

/*
 * The command that makes a raw image of it, as it can be typed; NULL if there is none
 * (or no memory). The caller's to free.
 */
char *container_line(const struct image *img);

#endif
