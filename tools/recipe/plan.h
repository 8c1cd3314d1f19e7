// SPDX-License-Identifier: MIT
/*
 * plan.h - everything that is known of the appliance, from the recipe, the
 * operator, the host or good sense, each with where it came from.
 */
#ifndef RECIPE_PLAN_H
#define RECIPE_PLAN_H

#include "net.h"
#include "platform.h"
#include "recipe.h"
#include "release.h"

struct var {
	const char *name;
	const char *value; /* NULL: has none; a fragment's line is left out */
	struct origin from;
};

/* A file of the recipe's folder: what is in it, or where it is. */
struct late_file {
	char *text;
	size_t len;
	const char *path;
};

struct plan {
	struct pool *pool;
	struct recipe *recipe;
	const struct distribution *of; /* whose installer it is for */
	const struct release *release; /* one of its */
	const struct platform *arch;
	struct net net;
	struct var *var;
	size_t n, room;
	const char *root_keys;	/* one a line */
	bool payload;		/* file contents travel beside the preseed file */
	const char *copies;	/* the folder that they are copied to; NULL: none */
	struct late_file *file; /* one for each file line */
	size_t files;
	const char *late_shown; /* the late command's script, to be read */
};

void plan_set(struct plan *p, const char *name, const char *value, struct origin from);

/* Another name for (part of) what is known as the name of. */
void plan_derive(struct plan *p, const char *name, const char *value, const char *of);

/* Where what is known by that name came from. */
struct origin plan_origin(const struct plan *p, const char *name);

/* Says what is wrong with a key, at its line, or of the recipe where it has none. */
void plan_clash(struct plan *p, enum key_id id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* NULL if there is no such name. */
const struct var *plan_var(const struct plan *p, const char *name);

/* Its value; "" if it has none. */
const char *plan_get(const struct plan *p, const char *name);

void plan_free(struct plan *p);

#endif
