// SPDX-License-Identifier: MIT
/* limit.h - how much of the host an appliance may be given. */
#ifndef RECIPE_LIMIT_H
#define RECIPE_LIMIT_H

#include "plan.h"

/* The operator's KEY=VALUE, of a key with an amount, against what p wants. */
void plan_limit(struct plan *p, const char *assignment);

#endif
