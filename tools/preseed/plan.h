/*
 * plan.h - everything that is known of the appliance, from the recipe, the
 * operator, the host or good sense, each with where it came from.
 */
#ifndef PRESEED_PLAN_H
#define PRESEED_PLAN_H

#include "host.h"
#include "net.h"
#include "platform.h"
#include "recipe.h"
#include "values.h"

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

/*
 * Fills p from p->recipe and the host. key_text is what --key names, NULL if
 * nothing. What is missing or does not go together is said through complain().
 */
void plan_make(struct plan *p, const struct host *h, const char *key_text,
	const char *key_file);

/* The operator's KEY=VALUE, of a key with an amount, against what p wants. */
void plan_limit(struct plan *p, const char *assignment);

void plan_set(struct plan *p, const char *name, const char *value, struct origin from);

/* NULL if there is no such name. */
const struct var *plan_var(const struct plan *p, const char *name);

/* Its value; "" if it has none. */
const char *plan_get(const struct plan *p, const char *name);

void plan_free(struct plan *p);

/* layout.c: partman's recipe for the plan's layout, disk, swap and firmware. */
char *layout_recipe(struct plan *p);

/* sources.c: what file lines name. */
void sources_read(struct plan *p);

/* late.c: preseed/late_command, and the script in it for people to read. */
void late_make(struct plan *p);

/* Where this program lies, and so do the others. The pool's. */
const char *program_dir(struct pool *pool);

#endif
