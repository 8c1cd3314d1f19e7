// SPDX-License-Identifier: MIT
#include "cmdline.h"

#include "limit.h"
#include "opts.h"
#include "publish.h"
#include "settle.h"

#include <errno.h>
#include <stdlib.h>

const char *cmdline_format(const struct cmdline *c)
{
	return c->explain ? "explain" : c->facts ? "facts" : c->format;
}

int cmdline_fault(const struct cmdline *c, const char *recipe)
{
	if (c->explain + c->facts + (c->format != NULL) > 1)
		return opts_error("--explain, --facts and --format exclude each other");
	if (c->copies && !c->payload)
		return opts_error("--copies goes with --payload");
	if (!c->keys && !recipe)
		return opts_error("a recipe is wanted");
	return 0;
}

int cmdline_plan(const struct cmdline *c, const char *recipe, struct plan *p)
{
	struct host host = { p->pool, c->host ? c->host : "" };
	const char *key = NULL;
	int err = publish_key(p->pool, c->key, &key);

	if (err < 0)
		return err;
	recipe_read(p->recipe, recipe);
	for (char **set = c->set; set && *set; set++)
		recipe_override(p->recipe, *set);
	if (p->recipe->errors)
		return -EINVAL;
	plan_make(p, &host, key, c->key);
	return 0;
}

void cmdline_limit(const struct cmdline *c, struct plan *p)
{
	for (char **limit = c->limit; limit && *limit; limit++)
		plan_limit(p, *limit);
}

void cmdline_free(struct cmdline *c)
{
	free(c->output);
	free(c->key);
	free(c->host);
	free(c->payload);
	free(c->copies);
	free(c->format);
	publish_free_list(c->set);
	publish_free_list(c->limit);
}
