/* lock.h - one at a time: nobody else writes to an image while we do. */
#ifndef GRUBIFY_LOCK_H
#define GRUBIFY_LOCK_H

#include <stdbool.h>

/*
 * An open file description lock over the whole file, which QEMU's locks and
 * other runs collide with; and no loop device on it. 0, -EBUSY (who: in words)
 * or another negative errno.
 */
int lock_image(int fd, const char *path, bool write, const char **who);

#endif
