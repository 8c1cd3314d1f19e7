// SPDX-License-Identifier: MIT
/*
 * grow - a disk of a guest that runs is made larger: the file, and what the guest's
 * kernel knows of it. Partitions and filesystems are the guest's own affair.
 */
#include "vmfork.h"
#include "cleanup.h"
#include "diag.h"
#include "virt.h"

/* How large it is, by libvirt. 0 or an exit status after a message. */
static int capacity(virDomainPtr dom, const char *target, unsigned long long *bytes)
{
	const char *name = virDomainGetName(dom); /* asked later it forgets why */
	virDomainBlockInfo now;

	if (virDomainGetBlockInfo(dom, target, &now, 0) < 0) {
		diag("%s: %s: %s", name, target, virt_why());
		return EX_FAILED;
	}
	*bytes = now.capacity;
	return EX_DONE;
}

static int grow_disk(virDomainPtr dom, const char *target, unsigned long long bytes)
{
	const char *name = virDomainGetName(dom);
	unsigned long long was = 0;
	const int r = capacity(dom, target, &was);

	if (r != EX_DONE || bytes == was)
		return r;
	if (bytes < was) {
		diag("%s: %s: has %llu bytes already: a guest's disk is not cut short",
			name, target, was);
		return EX_FAILED;
	}
	if (virDomainBlockResize(dom, target, bytes, VIR_DOMAIN_BLOCK_RESIZE_BYTES) <
		0) {
		diag("%s: %s: grow: %s", name, target, virt_why());
		return EX_FAILED;
	}
	return EX_DONE;
}

int grow(const struct grow_options *o)
{
	_cleanup_(cleanup_virconnect) virConnectPtr c = virt_open(o->uri, o->user);
	_cleanup_(cleanup_virdomain) virDomainPtr dom = NULL;

	if (!c)
		return EX_FAILED;
	dom = virDomainLookupByName(c, o->domain);
	if (!dom) {
		diag("%s: grow: %s", o->domain, virt_why());
		return EX_FAILED;
	}
	return grow_disk(dom, o->target, o->bytes);
}
