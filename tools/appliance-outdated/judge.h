// SPDX-License-Identifier: MIT
/* judge.h - what would be different if an appliance were built now. */
#ifndef APPLIANCE_OUTDATED_JUDGE_H
#define APPLIANCE_OUTDATED_JUDGE_H

#include "built.h"
#include "lists.h"

enum kind {
	SECURITY,  /* the security archive has a later one */
	UPDATE,	   /* a later one */
	WITHDRAWN, /* an earlier one: the archive does not have this any longer */
	CHANGED,   /* no package: what it was made of */
};

struct finding {
	const struct appliance *appliance;
	enum kind kind;
	struct slice package, installed, candidate;
	struct slice origin;	  /* of the candidate */
	struct slice what, which; /* CHANGED: an input's kind and name */
};

struct findings {
	struct finding *list;
	size_t n, room;
	size_t unknown; /* packages that no list has */
};

/* Adds what is to be said of one appliance. inputs is the text of those that its
 * answers were last compiled of, or empty. */
void judge(struct findings *f, const struct plan *p, const struct offers *o,
	const struct names *packages, const struct appliance *a, const struct built *b,
	const struct built *compiled);

/* Security first, then by appliance; its packages before what else changed. */
void findings_sort(struct findings *f);

void findings_end(struct findings *f);

#endif
