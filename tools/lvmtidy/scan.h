// SPDX-License-Identifier: MIT
/* scan.h - one reading of the directory: who is there, and how many. */
#ifndef LVMTIDY_SCAN_H
#define LVMTIDY_SCAN_H

#include "dirread.h"
#include "groups.h"
#include "names.h"
#include "owner.h"

#include <time.h>

enum kind {
	KIND_ARCHIVE,
	KIND_STALE,	/* temporary, its process is dead */
	KIND_BUSY,	/* temporary, its process lives */
	KIND_ELSEWHERE, /* temporary, of another host's process */
	KIND_FOREIGN,	/* not LVM's */
	KINDS,
};

extern const char *const kind_names[KINDS]; /* as programs read them */

struct tally {
	uint64_t files;
	uint64_t looked_at; /* of how many the following is known */
	uint64_t bytes;
	time_t oldest, newest;
};

struct scan {
	int dir;
	struct listing listing;
	struct groups groups;
	struct owners owners;
	struct tally kinds[KINDS];
	uint64_t entries, dir_bytes, sample; /* files of a kind that are looked at */
};

/*
 * What an entry is; n is filled in unless it is foreign. Only regular files
 * are LVM's, and only they are named by the kernel without a look.
 */
enum kind scan_kind(struct scan *s, const struct entry *e, struct name *n);

/*
 * dir stays the caller's. keep: that many of each group stay, and the names that fit
 * into memory are kept for prune(); 0 only counts. 0 or a negative errno.
 */
int scan(struct scan *s, int dir, const char *former_host, uint32_t keep,
	uint64_t sample);
void cleanup_scan(struct scan *s);

/* What the number of files alone would let go, over all groups. */
uint64_t scan_surplus(const struct scan *s);

#endif
