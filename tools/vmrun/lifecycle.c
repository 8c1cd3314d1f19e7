// SPDX-License-Identifier: MIT
#include "lifecycle.h"
#include "clock.h"
#include "hypervisor.h"
#include "virt.h"

#include <string.h>

enum { UNEXPLAINED = 5 };

void lifecycle_panicked(struct guest *g)
{
	guest_end(g, OUT_NO_WORD, "panic", NULL, "the guest's kernel panicked%s%s",
		g->panic.why ? ": " : "", g->panic.why ? g->panic.why : "");
}

static int ours(const struct guest *g, virDomainPtr dom)
{
	char uuid[VIR_UUID_STRING_BUFLEN];

	return *g->uuid && virDomainGetUUIDString(dom, uuid) == 0 &&
	       strcmp(uuid, g->uuid) == 0;
}

static void stopped(struct guest *g, int detail)
{
	g->stopped = 1;
	g->drain_end = clock_seconds() + DRAIN;
	/* The last words may still be on their way, so it is judged later. */
	if (detail == VIR_DOMAIN_EVENT_STOPPED_CRASHED)
		guest_end(g, OUT_NO_WORD, "crash", NULL, "the guest crashed");
	else if (detail != VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN && !g->lingers)
		guest_end(g, OUT_NO_WORD, "outside", NULL,
			"the guest was ended from outside (reason %d)", detail);
}

/*
 * A pause that somebody asked for (a snapshot) ends by itself. While one is made
 * libvirt may not say so at once, so a pause without a reason is looked at again.
 */
void lifecycle_paused(struct guest *g)
{
	int state, reason;

	if (virDomainGetState(g->dom, &state, &reason, 0) < 0 ||
		state != VIR_DOMAIN_PAUSED) {
		g->paused_at = 0;
		return;
	}
	switch (reason) {
	case VIR_DOMAIN_PAUSED_UNKNOWN:
		if (g->paused_at == 0)
			g->paused_at = clock_seconds();
		if (clock_seconds() < g->paused_at + UNEXPLAINED)
			return;
		break;
	case VIR_DOMAIN_PAUSED_USER:
	case VIR_DOMAIN_PAUSED_SAVE:
	case VIR_DOMAIN_PAUSED_DUMP:
	case VIR_DOMAIN_PAUSED_SNAPSHOT:
	case VIR_DOMAIN_PAUSED_MIGRATION:
		return;
	case VIR_DOMAIN_PAUSED_IOERROR:
		guest_end(g, OUT_DISK, "host-disk", NULL,
			"a disk of the guest failed on the host");
		return;
	default:
		break;
	}
	guest_end(g, OUT_FAILED, "hypervisor", NULL,
		"the hypervisor could not run the guest any further (paused, reason "
		"%d)",
		reason);
}

static int on_lifecycle(
	virConnectPtr c, virDomainPtr dom, int event, int detail, void *opaque)
{
	struct guest *g = opaque;

	(void)c;
	if (!ours(g, dom))
		return 0;
	if (event == VIR_DOMAIN_EVENT_STOPPED)
		stopped(g, detail);
	else if (event == VIR_DOMAIN_EVENT_SUSPENDED && g->started > 0)
		lifecycle_paused(g);
	else if (event == VIR_DOMAIN_EVENT_CRASHED)
		lifecycle_panicked(g);
	return 0;
}

static int on_reboot(virConnectPtr c, virDomainPtr dom, void *opaque)
{
	struct guest *g = opaque;

	(void)c;
	if (!ours(g, dom) || g->said_done || !g->cfg->nonce)
		return 0;
	if (g->panic.why)
		lifecycle_panicked(g);
	else
		guest_end(
			g, OUT_NO_WORD, "restart", NULL, "the guest restarted itself");
	return 0;
}

static void on_io_error(virConnectPtr c, virDomainPtr dom, const char *path,
	const char *alias, int action, const char *why, void *opaque)
{
	struct guest *g = opaque;

	(void)c;
	(void)alias;
	(void)action;
	if (ours(g, dom))
		guest_end(g, OUT_DISK, "host-disk", path,
			"%s: a write on the host failed%s%s", path, *why ? ": " : "",
			why);
}

static void on_close(virConnectPtr c, int reason, void *opaque)
{
	struct guest *g = opaque;

	(void)c;
	(void)reason;
	g->lost = 1;
}

int lifecycle_watch(struct guest *g)
{
	virConnectPtr c = g->conn;

	if (virConnectDomainEventRegisterAny(c, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
		    VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle), g, NULL) < 0 ||
		virConnectDomainEventRegisterAny(c, NULL, VIR_DOMAIN_EVENT_ID_REBOOT,
			VIR_DOMAIN_EVENT_CALLBACK(on_reboot), g, NULL) < 0 ||
		virConnectDomainEventRegisterAny(c, NULL,
			VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON,
			VIR_DOMAIN_EVENT_CALLBACK(on_io_error), g, NULL) < 0 ||
		virConnectRegisterCloseCallback(c, on_close, g, NULL) < 0) {
		guest_end(g, OUT_NOT_STARTED, "connection", g->cfg->uri, "events: %s",
			virt_why());
		return -1;
	}
	/* Remote daemons can vanish without a word; a local socket closes. */
	if (!hypervisor_is_own(g->cfg->uri))
		virConnectSetKeepAlive(c, 10, 6);
	return 0;
}

void lifecycle_leave(struct guest *g)
{
	virConnectUnregisterCloseCallback(g->conn, on_close);
}
