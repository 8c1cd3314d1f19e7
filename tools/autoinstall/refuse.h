// SPDX-License-Identifier: MIT
/* refuse.h - what of a recipe Ubuntu's installer has no way to do. */
#ifndef AUTOINSTALL_REFUSE_H
#define AUTOINSTALL_REFUSE_H

#include "plan.h"

/* Says it, each at its line. */
void refuse_foreign(struct plan *p);

#endif
