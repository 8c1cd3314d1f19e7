// SPDX-License-Identifier: MIT
/*
 * groups.h - what is known of each volume group: how many archives, and from
 * which index on they stay. Grows with the groups, not with their files.
 */
#ifndef LVMTIDY_GROUPS_H
#define LVMTIDY_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct group {
	char *name;
	uint64_t files;
	uint32_t lowest, highest;		/* indexes */
	uint32_t lowest_random, highest_random; /* the rest of these files' names */
	uint32_t young;	  /* lowest index of a file too young to go, or UINT32_MAX */
	uint32_t *newest; /* heap of the highest indexes, the least on top */
	uint32_t n_newest, room;
};

struct groups {
	struct group *list;
	size_t n, room;
	uint32_t *slots; /* hash table: position in list plus one */
	size_t n_slots;
	uint32_t keep; /* 0: archives are but counted */
};

/* The group of that name, made if it is new; NULL without memory. */
struct group *groups_get(struct groups *g, const char *name, size_t len);

/* Counts an archive. 0 or -ENOMEM. */
int group_add(const struct groups *g, struct group *vg, uint32_t index);

/* Archives with an index below this may go as far as their number is concerned. */
uint32_t group_floor(const struct groups *g, const struct group *vg);

/* The same with age: LVM goes from the oldest up, and stops at the first young one. */
uint32_t group_limit(const struct groups *g, const struct group *vg);

void groups_sort(struct groups *g); /* by name; no groups_get() after it */
void cleanup_groups(struct groups *g);

#endif
