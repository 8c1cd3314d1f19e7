// SPDX-License-Identifier: MIT
/* version.h - which of two versions of a package is the later one. */
#ifndef APPLIANCE_OUTDATED_VERSION_H
#define APPLIANCE_OUTDATED_VERSION_H

#include "slice.h"

/*
 * Below, equal to or above 0 as a is earlier than b, the same, or later: by epoch,
 * upstream version and revision, each as deb-version(7) orders it. What is no version
 * has a place in the order, too.
 */
int version_cmp(struct slice a, struct slice b);

#endif
