// SPDX-License-Identifier: MIT
#include "command.h"
#include "cleanup.h"
#include "clock.h"
#include "diag.h"

#include <signal.h>
#include <string.h>

/* What it is told of the guest; three of them, and a NULL. */
static int start(struct guest *g, const char *step)
{
	_cleanup_free_ char *domain = NULL, *uuid = NULL, *at = NULL, *uri = NULL;

	if (asprintf(&domain, "VMRUN_DOMAIN=%s", virDomainGetName(g->dom)) < 0 ||
		asprintf(&uuid, "VMRUN_UUID=%s", g->uuid) < 0 ||
		asprintf(&at, "VMRUN_STEP=%s", step) < 0 ||
		asprintf(&uri, "VMRUN_URI=%s", g->cfg->uri) < 0)
		return -ENOMEM;
	return captive_start(&g->captive, g->cfg->command,
		(const char *const[]){ domain, uuid, at, uri, NULL });
}

/* The last of it: does the guest go on? */
static void ended(struct guest *g, int status)
{
	const char *name = g->cfg->command[0];

	g->command_status = status < 0 ? CAPTIVE_FAILED : status;
	if (g->command_status != 0)
		guest_end(g, OUT_COMMAND, "command", name,
			"%s: at step %s: ended with status %d", name, g->cfg->step,
			g->command_status);
	else if (g->cfg->until)
		guest_end(g, OUT_FINISHED, NULL, NULL,
			"finished: %s succeeded at step %s", name, g->cfg->step);
}

static void on_end(int watch, int fd, int events, void *opaque)
{
	struct guest *g = opaque;
	int status;

	(void)fd;
	(void)events;
	/* before the descriptor is closed, and its number another's */
	virEventUpdateHandle(watch, 0);
	status = captive_ended(&g->captive);
	if (status == -EAGAIN) {
		virEventUpdateHandle(watch, VIR_EVENT_HANDLE_READABLE);
		return;
	}
	virEventRemoveHandle(watch);
	g->command_watch = -1;
	ended(g, status);
}

static void begin(struct guest *g, const char *step)
{
	const char *name = g->cfg->command[0];
	const int r = start(g, step);

	if (r < 0) {
		g->command_status = captive_status(r);
		guest_end(g, OUT_COMMAND, "command-start", name,
			"%s: at step %s: cannot be started: %s", name, step,
			strerror(-r));
		return;
	}
	g->command_watch = virEventAddHandle(
		g->captive.pidfd, VIR_EVENT_HANDLE_READABLE, on_end, g, NULL);
	if (g->command_watch < 0) {
		captive_end(&g->captive);
		ended(g, -ENOMEM);
	}
}

void command_at_step(struct guest *g, const char *step)
{
	if (g->step_came || g->ended || !g->cfg->step ||
		strcmp(step, g->cfg->step) != 0)
		return;
	g->step_came = 1;
	if (g->cfg->command)
		begin(g, step);
	else
		guest_end(g, OUT_FINISHED, NULL, NULL, "finished at step %s", step);
}

int command_runs(const struct guest *g)
{
	return g->captive.pid > 0;
}

void command_stop(struct guest *g)
{
	const double t = clock_seconds();

	if (!command_runs(g))
		return;
	if (g->command_end == 0) {
		kill(g->captive.pid, SIGTERM);
		g->command_end = t + (g->cfg->grace ? g->cfg->grace : 1);
	} else if (t >= g->command_end) {
		diag("%s: does not end: killed", g->cfg->command[0]);
		kill(g->captive.pid, SIGKILL);
		g->command_end = t + 1;
	}
}
