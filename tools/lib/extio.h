// SPDX-License-Identifier: MIT
/*
 * extio.h - ext2, 3 and 4 within an image, through libext2fs and an overlay:
 * no device, no mount, and nothing that reaches the file by itself.
 */
#ifndef SEEDBED_EXTIO_H
#define SEEDBED_EXTIO_H

#include "image.h"

#include <ext2fs/ext2fs.h>

/*
 * Opens the filesystem of p for reading or, with rw, for changes that land in
 * img's overlay. 0 or libext2fs's error code.
 */
errcode_t extio_open(struct image *img, const struct part *p, bool rw, ext2_filsys *fs);

/* A negative errno for libext2fs's error code: -ENOENT, -ENOSPC, -EIO ... */
int extio_errno(errcode_t e);

void cleanup_ext(ext2_filsys *fs);

#endif
