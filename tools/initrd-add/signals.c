// SPDX-License-Identifier: MIT
#include "signals.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t caught;

static void note(int sig)
{
	caught = sig;
}

void signals_catch(void)
{
	struct sigaction sa = { .sa_handler = note };

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
}

bool interrupted(void)
{
	return caught != 0;
}

int signals_die(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };

	sigaction(caught, &sa, NULL);
	raise(caught);
	return 128 + caught;
}
