// SPDX-License-Identifier: MIT
/* names.c - what fragments can name that only debian-installer's answers need. */
#include "names.h"

#include "late.h"
#include "layout.h"

#include <string.h>

void plan_names(struct plan *p)
{
	const char *text = layout_recipe(p);
	const char *lvm = text && strstr(text, "$lvmok") ? "vg0" : NULL;
	const bool uefi = strcmp(plan_get(p, "firmware"), "uefi") == 0;

	plan_derive(p, "volume-group", lvm, "layout");
	plan_derive(p, "partition-method", lvm ? "lvm" : "regular", "layout");
	plan_derive(p, "partition-recipe", text, "layout");
	/* Where the appliance will run, this machine's variables are nowhere. */
	plan_derive(p, "update-nvram", uefi ? "false" : NULL, "firmware");
	plan_derive(p, "uefi", uefi ? "true" : NULL, "firmware");
	late_make(p);
}
