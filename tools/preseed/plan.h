// SPDX-License-Identifier: MIT
/*
 * plan.h - everything that is known of the appliance, from the recipe, the
 * operator, the host or good sense, each with where it came from.
 */
#ifndef PRESEED_PLAN_H
#define PRESEED_PLAN_H

#include "net.h"
#include "platform.h"
#include "recipe.h"

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
	const struct platform *arch;
	struct net net;
	struct var *var;
	size_t n, room;
	const char *root_keys;	/* one a line */
	bool payload;		/* file contents travel beside the preseed file */
	const char *copies;	/* the folder that they are copied to; NULL: none */
	struct late_file *file; /* one for each file line */
	size_t files;
	const char *late_shown; /* preseed/late_command's script, to be read */
};

void plan_set(struct plan *p, const char *name, const char *value, struct origin from);

/* NULL if there is no such name. */
const struct var *plan_var(const struct plan *p, const char *name);

/* Its value; "" if it has none. */
const char *plan_get(const struct plan *p, const char *name);

void plan_free(struct plan *p);

#endif
