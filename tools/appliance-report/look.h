// SPDX-License-Identifier: MIT
/* look.h - the last that was seen of a guest: its screen, its logs. */
#ifndef APPLIANCE_REPORT_LOOK_H
#define APPLIANCE_REPORT_LOOK_H

#include "appliance.h"

/* The host keys' pictures, as they were drawn at the build's end. */
void look_hostkeys(const struct appliance *a, FILE *f);

/* A PNG of the folder, else the end of its console. */
void look_screen(const struct appliance *a, FILE *f);

/* Why the last build failed, in a line; nothing if that is not known. */
void look_why(const struct appliance *a, FILE *f);

/* Each failed build that was kept, with its reason and the ends of its logs. */
void look_failures(const struct appliance *a, FILE *f);

#endif
