// SPDX-License-Identifier: MIT
/* sources.h - the files that a recipe puts in. */
#ifndef RECIPE_SOURCES_H
#define RECIPE_SOURCES_H

#include "plan.h"

/* What file lines name. */
void sources_read(struct plan *p);

/* Where this program lies, and so do the others. The pool's. */
const char *program_dir(struct pool *pool);

#endif
