// SPDX-License-Identifier: MIT
/*
 * answers.h - the preseed file's lines: fragments with their ${key}s filled in,
 * then the recipe's own answers, which take the place of a fragment's.
 */
#ifndef PRESEED_ANSWERS_H
#define PRESEED_ANSWERS_H

#include "plan.h"

struct answer {
	const char *owner, *question, *type, *value;
	struct origin from;
	const char *because; /* the keys in it, and where they came from; "" if none */
};

struct answers {
	struct plan *plan;
	struct answer *v;
	size_t n, room;
};

/* All *.preseed of a folder, in the order of their names. 0 or a negative errno. */
int answers_fragments(struct answers *a, const char *dir);

/* One fragment's text, as of a file of that name. */
void answers_fragment(struct answers *a, const char *file, const char *text);

/* The recipe's answers, repositories and what is to be run. */
void answers_recipe(struct answers *a);

void answers_free(struct answers *a);

#endif
