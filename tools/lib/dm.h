// SPDX-License-Identifier: MIT
/*
 * dm.h - device-mapper, as far as linear maps go: libdevmapper's 1-is-success
 * turned into 0 or a negative errno, its messages kept off the terminal.
 */
#ifndef SEEDBED_DM_H
#define SEEDBED_DM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dmmap {
	char name[128], uuid[130];
	int open_count;
};

/* Whether there is a device-mapper: 0, -ENODEV, -EACCES ... */
int dmmap_ready(void);

/*
 * Sectors [start, start + count) of dev ("7:0") as /dev/mapper/NAME.
 * -EEXIST if there is one of that name or uuid already.
 */
int dmmap_create(const char *name, const char *uuid, const char *dev, uint64_t start,
	uint64_t count, bool readonly);

int dmmap_remove(const char *name);

/* Removed once nobody has it open (at once if nobody has); and: not, after all. */
int dmmap_defer(const char *name);
int dmmap_keep(const char *name);

/* The node in /dev/mapper there if the map is, gone if it is gone. */
void dmmap_node(const char *name);

/* The maps whose uuid begins with prefix; *list is the caller's to free. */
int dmmap_find(const char *prefix, struct dmmap **list, size_t *n);

/* Whether there is a map of this name, whoever's. */
bool dmmap_exists(const char *name);

#endif
