// SPDX-License-Identifier: MIT
/* signals.h - being told to stop ends in the ordinary clean-up. */
#ifndef INITRD_SIGNALS_H
#define INITRD_SIGNALS_H

#include <stdbool.h>

/* From here on SIGINT, SIGTERM and SIGHUP only set a flag; SIGPIPE is ignored. */
void signals_catch(void);

bool interrupted(void);

/* Ends the process by the signal that came, for the caller's waitpid() to see. */
int signals_die(void);

#endif
