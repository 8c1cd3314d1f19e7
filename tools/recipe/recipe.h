// SPDX-License-Identifier: MIT
/*
 * recipe.h - a recipe in memory: its lines, checked, in order.
 *
 * A recipe is other people's text. Reading it runs nothing, and opens nothing
 * outside its own folder.
 */
#ifndef PRESEED_RECIPE_H
#define PRESEED_RECIPE_H

#include "keys.h"
#include "pool.h"

#include <stdbool.h>
#include <stddef.h>

/* Where a value came from: a line of a file, or (line 0) what the name says. */
struct origin {
	const char *name;
	unsigned line;
};

struct setting {
	const struct key *key;
	struct origin from;
	char **word; /* after the key; NULL at the end */
	size_t words;
};

enum { MAX_LIKE = 8 }; /* recipes, each like the next */

struct recipe {
	struct pool *pool;
	char *name;	    /* the file's, without .recipe */
	int dir;	    /* its folder */
	const char *folder; /* the same as it was named, with a slash or empty */
	const char *file[MAX_LIKE]; /* the recipes read, the one asked for first */
	unsigned files;
	struct setting *set;
	size_t n, room;
	unsigned errors; /* said so far */
	bool quiet;	 /* count them, but say nothing */
	bool full;	 /* of settings; said once */
};

/* Reads path and what it is like. Errors are said and counted. */
void recipe_read(struct recipe *r, const char *path);

/* One KEY=VALUE of the operator's, which overrides what the recipe says. */
void recipe_override(struct recipe *r, const char *assignment);

/* The lines of a text in memory, as of a file of that name. */
void recipe_parse(struct recipe *r, const char *file, const char *text, size_t len);

/* The setting that counts of a single key, or NULL. */
const struct setting *recipe_find(const struct recipe *r, enum key_id id);

/* The next setting of a list key after the given one (NULL: the first). */
const struct setting *recipe_next(
	const struct recipe *r, enum key_id id, const struct setting *after);

/* The words of a setting, one blank between. */
char *recipe_join(struct pool *p, char *const *word);

/* Says what is wrong, as FILE:LINE: where it came from a line. */
void complain(struct recipe *r, struct origin at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

void recipe_free(struct recipe *r);

#endif
