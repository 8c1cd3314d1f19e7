/*
 * dirread.h - a directory of any size, in bounded memory: large reads, no
 * look at the files themselves.
 */
#ifndef LVMTIDY_DIRREAD_H
#define LVMTIDY_DIRREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inodes with numbers as near as that lie near one another: a few MB of the disk. */
enum { REGION = 32768 };

struct entry {
	uint64_t inode;
	const char *name;
	unsigned char type; /* DT_* */
};

/*
 * What has been read. While it fits it is kept, so that a directory of some million
 * files is listed by the kernel only once; names that came since are not in it then.
 */
struct listing {
	int fd;
	char *buf; /* made by the first dir_each() */
	struct entry *list;
	size_t read[8]; /* bytes of each large read that is kept */
	size_t reads;
	bool whole; /* all is there */
	int64_t ns; /* that the kernel took to list */
};

/* Anything but 0 ends the reading and is returned. */
typedef int entry_fn(void *ctx, const struct entry *e);

/*
 * Calls each() for all entries but "." and "..", from the beginning. by_inode:
 * of what one read returned, region by region of the disk, which spares their
 * removal much seeking; in a region in the directory's own order, as to remove a
 * name is to look for it in the directory, too.
 */
int dir_each(struct listing *l, bool by_inode, entry_fn *each, void *ctx);
void cleanup_listing(struct listing *l);

int64_t now_ns(void); /* monotonic */

#endif
