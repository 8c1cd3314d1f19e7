// SPDX-License-Identifier: MIT
/* appliance.h - one appliance: what is known of it, from its build folder. */
#ifndef APPLIANCE_REPORT_APPLIANCE_H
#define APPLIANCE_REPORT_APPLIANCE_H

#include "folder.h"
#include "manifest.h"
#include "timeline.h"

struct appliance {
	struct slice name; /* the folder's */
	int dir;
	int fault; /* why there is no manifest: a negative errno */
	struct content manifest_bytes, facts_bytes, steps_bytes;
	struct manifest manifest, facts;
	struct steps steps;
	struct timeline exact, drawn;
	char *failed[NAMES_MAX]; /* the failures' folders */
	size_t n_failed, all_failed;
};

/*
 * Reads path's files; one without a manifest is an appliance that is not finished.
 * 0 or a negative errno where there is no such folder, or no memory.
 */
int appliance_read(struct appliance *a, const char *path);
void appliance_end(struct appliance *a);

bool appliance_built(const struct appliance *a);

#endif
