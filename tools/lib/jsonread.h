// SPDX-License-Identifier: MIT
/*
 * jsonread.h - the members of a JSON object that stands in one line.
 *
 * The line is decoded in place. What a member's value is made of is no matter: an object
 * or list within is passed over.
 */
#ifndef SEEDBED_JSONREAD_H
#define SEEDBED_JSONREAD_H

#include <stdbool.h>

struct jsonread {
	char *p;
	bool last; /* no more members */
};

/* 0, or -EBADMSG where no object begins there. */
int jsonread_begin(struct jsonread *r, char *line);

/*
 * The next member: a string decoded, a number or word as it stands, "" for an object or
 * list. 1, 0 at the object's end, or -EBADMSG.
 */
int jsonread_next(struct jsonread *r, char **name, char **value);

#endif
