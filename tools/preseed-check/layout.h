// SPDX-License-Identifier: MIT
/* layout.h - what the answers make of the disk, all of them together. */
#ifndef CHECK_LAYOUT_H
#define CHECK_LAYOUT_H

#include "check.h"
#include "recipe.h"

/* The labels that disks of common machines get. */
enum { LABELS = 2 };
extern const char *const layout_labels[LABELS];

struct layout {
	struct recipe r;
	struct arrays arrays;
	const char *method, *disks; /* NULL: not known */
	bool recipe, raid;	    /* there is one */
	bool lvm, crypto;	    /* volumes are made of what is lvmok */
};

void layout_read(struct layout *l, struct check *c);

/* The answer to that question, where it can be looked into; else NULL. */
const struct answer *layout_answer(struct check *c, const char *question);

/* How many disks there are, 1 where nobody says. */
size_t layout_disks(const struct layout *l);

/* Whether the partition is made at all; label NULL: with any. */
bool layout_makes(const struct layout *l, const struct partition *p, const char *label);

/* Whether both are made at once. */
bool layout_makes_both(
	const struct layout *l, const struct partition *p, const struct partition *q);

/* Why partman would ask that of the recipe: no_boot, no_swap, no_mount_point; NULL. */
const char *layout_doubt(struct check *c, const char *what);

#endif
