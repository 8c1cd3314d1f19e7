// SPDX-License-Identifier: MIT
#include "signals.h"

#include <stddef.h>

void signals_to_end(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
}

void signals_hold(sigset_t *before)
{
	sigset_t set;

	signals_to_end(&set);
	sigprocmask(SIG_BLOCK, &set, before);
}
