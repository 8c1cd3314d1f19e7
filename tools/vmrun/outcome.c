// SPDX-License-Identifier: MIT
#include "outcome.h"
#include "hypervisor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int status;
} outcomes[] = {
	[OUT_FINISHED] = { "finished", 0 },
	[OUT_FAILED] = { "failed", 1 },
	[OUT_NO_WORD] = { "no-word", 3 },
	[OUT_STALLED] = { "stalled", 4 },
	[OUT_TIMEOUT] = { "timeout", 5 },
	[OUT_DAEMON] = { "daemon", 6 },
	[OUT_ASKED] = { "asked", 7 },
	[OUT_LOG_LIMIT] = { "log-limit", 1 },
	[OUT_DISK] = { "disk", 1 },
	[OUT_COMMAND] = { "command", 8 },
	[OUT_INTERRUPTED] = { "interrupted", 128 },
	[OUT_NOT_STARTED] = { "not-started", 1 },
};

/* By the host's codes; the guest's own are nothing that is known here. */
static const struct {
	const char *code, *next;
} hints[] = {
	{ "command", "what it said is above" },
	{ "command-start", "a program of PATH, or one with its whole path" },
	{ "connection", "virsh -c with the same URI says more" },
	{ "console", "what it wrote is in --console; --max-log allows more" },
	{ "crash", "its console (--console) may say why; so may QEMU's log, in "
		   "libvirt's folder" },
	{ "daemon", "look why libvirtd ended, and run it again" },
	{ "host-disk", "make room there, or give the guest a smaller disk" },
	{ "hypervisor", "QEMU's log, in libvirt's folder, says more; kvmprobe whether "
			"KVM works here" },
	{ "no-step", "its records have the steps that it does say" },
	{ "outside",
		"look who ended it: virsh destroy, or the kernel for lack of memory "
		"(dmesg)" },
	{ "panic", "its console (--console) has the rest" },
	{ "port", "what it wrote is in --channel; --max-log allows more" },
	{ "power-off", "its console (--console) says what came before" },
	{ "reader", "read faster, or into a file" },
	{ "restart", "its console (--console) says what came before" },
	{ "stall", "its console (--console) and --screenshot show where it stands; "
		   "--stall allows more" },
	{ "start", "virsh create with the same description says more" },
	{ "timeout", "--timeout allows more" },
};

const char *outcome_name(enum outcome o)
{
	return outcomes[o].name;
}

int ending_status(const struct ending *e)
{
	return outcomes[e->outcome].status + e->signal;
}

const char *ending_next(const struct ending *e)
{
	static char text[256];
	struct hypervisor_at at;

	if (e->own_code || !e->code)
		return NULL;
	if (strcmp(e->code, "connection") == 0 && e->object &&
		hypervisor_at(&at, e->object) == 0) {
		snprintf(text, sizeof(text),
			"virsh -c with the same URI says more; %s needs the packages "
			"%s "
			"on its host",
			at.hypervisor->name, at.hypervisor->packages);
		return text;
	}
	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (strcmp(hints[i].code, e->code) == 0)
			return hints[i].next;
	return NULL;
}

void ending_free(struct ending *e)
{
	free(e->own_code);
	free(e->object);
	free(e->text);
	memset(e, 0, sizeof(*e));
}
