/*
 * dirread.h - a directory of any size, in bounded memory: large reads, no
 * look at the files themselves.
 */
#ifndef LVMTIDY_DIRREAD_H
#define LVMTIDY_DIRREAD_H

#include <stdbool.h>
#include <stdint.h>

struct entry {
	uint64_t inode;
	const char *name;
	unsigned char type; /* DT_* */
};

/* Anything but 0 ends the reading and is returned. */
typedef int entry_fn(void *ctx, const struct entry *e);

/*
 * Calls each() for all entries but "." and "..", from the beginning. by_inode:
 * of what one read returned, in the order in which the files lie on the disk,
 * which spares their removal much seeking. *ns grows by the time that
 * the kernel took to list, not counting each().
 */
int dir_each(int fd, bool by_inode, entry_fn *each, void *ctx, int64_t *ns);

int64_t now_ns(void); /* monotonic */

#endif
