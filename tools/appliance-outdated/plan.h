// SPDX-License-Identifier: MIT
/*
 * plan.h - what is compared with what: lines of words with tabs between.
 *
 *	lists SET ORIGIN PRIORITY KIND FILE	a list of packages, as apt has it
 *	appliance NAME FOLDER SET...		what was built, and by which sets of
 *lists now KIND HASH NAME			an input as it is now answers NAME HASH
 *an appliance's answers as they are now
 *
 * Lines that are empty or begin with # say nothing.
 */
#ifndef APPLIANCE_OUTDATED_PLAN_H
#define APPLIANCE_OUTDATED_PLAN_H

#include "names.h"

enum { SETS_MAX = 64, APPLIANCE_SETS = 16 };

/* Of one set, which appliances have in common. */
struct list {
	unsigned set;
	struct slice origin;
	unsigned priority; /* apt's */
	bool security;
	char *file;
};

struct appliance {
	struct slice name;
	char *folder;
	unsigned set[APPLIANCE_SETS], sets;
	struct slice answers; /* their hash; or empty */
};

struct plan {
	struct list *list;
	size_t lists, list_room;
	struct appliance *appliance;
	size_t appliances, appliance_room;
	struct names sets;
	struct names now;	/* "KIND HASH NAME" */
	struct names now_named; /* "KIND NAME" */
	struct pool pool;
};

/*
 * Takes text, which must stay. 0, or a negative errno: -EINVAL and *line, *why what is
 * wrong where.
 */
int plan_read(struct plan *p, struct slice text, unsigned *line, const char **why);

void plan_end(struct plan *p);

#endif
