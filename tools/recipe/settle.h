// SPDX-License-Identifier: MIT
/* settle.h - puts together what the recipe, the operator and the host say. */
#ifndef RECIPE_SETTLE_H
#define RECIPE_SETTLE_H

#include "host.h"
#include "plan.h"

/*
 * Fills p from p->recipe and the host. key_text is what --key names, NULL if
 * nothing. What is missing or does not go together is said through complain().
 */
void plan_make(struct plan *p, const struct host *h, const char *key_text,
	const char *key_file);

#endif
