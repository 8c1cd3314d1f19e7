// SPDX-License-Identifier: MIT
/*
 * publish.h - what the compilers of recipes have in common on their way in and out.
 * What goes wrong is said.
 */
#ifndef RECIPE_PUBLISH_H
#define RECIPE_PUBLISH_H

#include "pool.h"

#include <stdio.h>

/* What --key names; *text stays as it is where that is nothing. 0 or a negative errno. */
int publish_key(struct pool *pool, const char *path, const char **text);

/*
 * Writes one file, or standard output (NULL, "-"). Signals wait until it is there, or
 * there is nothing of it. 0 or a negative errno.
 */
int publish(void (*write)(const void *what, FILE *f), const void *what, const char *path);

/* An option's values, as popt allocates them. */
void publish_free_list(char **list);

#endif
