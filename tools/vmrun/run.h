// SPDX-License-Identifier: MIT
/* run.h - one run of a guest. */
#ifndef VMRUN_RUN_H
#define VMRUN_RUN_H

#include "vmrun.h"

/* To its end, closes the files, says how it went. The exit status. */
int run_guest(struct run_config *cfg);

/* The same for a run that came to nothing, for that reason, which has been said. */
int run_nothing(const struct run_config *cfg, const char *code, const char *text);

#endif
