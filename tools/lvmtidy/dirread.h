// SPDX-License-Identifier: MIT
/*
 * dirread.h - a directory of any size, in bounded memory: large reads, no
 * look at the files themselves.
 */
#ifndef LVMTIDY_DIRREAD_H
#define LVMTIDY_DIRREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inodes with numbers as near as that lie together: what ext4 reads ahead, 128 KiB. */
enum { REGION = 512 };

struct entry {
	uint64_t inode;
	const char *name;
	unsigned char type; /* DT_* */
};

/*
 * What has been read. While it fits it can be kept, so that a directory of some million
 * files is listed by the kernel only once; names that came since are not in it then.
 * What is not kept is read into the same few pages again and again.
 */
struct listing {
	int fd;
	bool keep;
	char *buf;	    /* made by the first dir_each() */
	struct entry *list; /* one read's, put in order */
	size_t n;
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

#endif
