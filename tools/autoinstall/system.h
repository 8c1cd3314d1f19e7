// SPDX-License-Identifier: MIT
/* system.h - what is done inside the installed system last. */
#ifndef AUTOINSTALL_SYSTEM_H
#define AUTOINSTALL_SYSTEM_H

#include "plan.h"

/* The script as one line for a shell, NULL if something was wrong, which was said. */
char *system_command(struct plan *p);

#endif
