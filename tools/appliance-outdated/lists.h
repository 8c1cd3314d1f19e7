// SPDX-License-Identifier: MIT
/*
 * lists.h - what the archives have now of the packages that matter.
 *
 * A package's candidate is the one that a new installation would get: of the lists with
 * the highest priority that have it at all the latest version (apt_preferences(5)).
 */
#ifndef APPLIANCE_OUTDATED_LISTS_H
#define APPLIANCE_OUTDATED_LISTS_H

#include "plan.h"

/* Of one package in one set of lists; an empty version: nothing. */
struct offer {
	struct slice version;
	const struct list *list;
	struct slice security; /* the latest that the security archive has */
	const struct list *security_list;
};

struct offers {
	struct offer *set[SETS_MAX]; /* each by the number of the package */
	size_t packages;
	struct pool pool;
};

/* Makes room for all sets of the plan. */
void offers_begin(struct offers *o, const struct plan *p, size_t packages);

/*
 * Reads a list: stanzas of which those count whose package is among the names. 0, or
 * a negative errno: -EBADMSG and *line where it is none.
 */
int offers_read(struct offers *o, const struct list *l, struct slice text,
	const struct names *packages, unsigned *line);

/* What an appliance would get, and the latest of the security archive's. */
struct offer offers_get(
	const struct offers *o, const struct appliance *a, unsigned package);

void offers_end(struct offers *o);

#endif
