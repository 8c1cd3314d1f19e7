// SPDX-License-Identifier: MIT
/* facts.h - what is known of the appliance, for programs and for people. */
#ifndef RECIPE_FACTS_H
#define RECIPE_FACTS_H

#include "plan.h"

#include <stdio.h>

/* Lines of NAME=VALUE. */
void facts_write(const struct plan *p, FILE *f);

/* FILE:LINE, or what else a value came from. */
void facts_place(struct origin from, FILE *f);

/* The keys with one value, then the lists as they were said, each with its place. */
void facts_explain(const struct plan *p, FILE *f);

/* Where the recipe's files must be for the script: target, mode and source. */
void facts_payload(const struct plan *p, FILE *f);

/* The table of keys: name, kind, arguments and meaning. */
void facts_keys(FILE *f);

#endif
