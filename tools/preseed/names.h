// SPDX-License-Identifier: MIT
/* names.h - what fragments can name that only debian-installer's answers need. */
#ifndef PRESEED_NAMES_H
#define PRESEED_NAMES_H

#include "plan.h"

/* To a plan that is made. */
void plan_names(struct plan *p);

#endif
