// SPDX-License-Identifier: MIT
/* sources.h - files of the host that go into the initrd. */
#ifndef INITRD_SOURCES_H
#define INITRD_SOURCES_H

#include "initrd.h"

/* All say what is wrong, and return 0 or a negative errno. */

/* Whether it has the form that source_spec() wants. */
bool source_spec_ok(const char *spec);

/* TARGET=SOURCE[:MODE], the mode octal; without one it is 0755 or 0644, as the
 * source may be executed or not. */
int source_spec(struct initrd *rd, const char *spec);

/* A file of lines "TARGET<TAB>MODE<TAB>SOURCE". */
int source_list(struct initrd *rd, const char *list);

/* DIR[=PREFIX]: all that is below DIR, below PREFIX. */
int source_tree(struct initrd *rd, const char *spec);

#endif
