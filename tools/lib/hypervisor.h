// SPDX-License-Identifier: MIT
/*
 * hypervisor.h - what differs from one hypervisor to another: a row each.
 *
 * A guest is asked for by what it needs. What a hypervisor lacks of that is known here,
 * and by its URI alone: nobody is asked.
 */
#ifndef SEEDBED_HYPERVISOR_H
#define SEEDBED_HYPERVISOR_H

#include <stdbool.h>

/* Where guests run unless HYPERVISOR in the environment, or an option, says otherwise.
 */
#define HYPERVISOR_URI "qemu:///session"

/* What a guest, or who makes it, may need. */
enum {
	NEED_PORTS = 1 << 0,	   /* named ports from the guest to vmrun(1) */
	NEED_CREDENTIALS = 1 << 1, /* strings in the SMBIOS tables */
	NEED_GATE = 1 << 2,	   /* a network card on netgate(1)'s socket */
	NEED_USERNET = 1 << 3,	   /* a network of the hypervisor's own, without root */
	NEED_GENID = 1 << 4,	   /* a number by which it learns that it was forked */
	NEED_UEFI = 1 << 5,
	NEED_MODELS = 1 << 6, /* a machine, processor and accelerator of one's choice */
	NEED_FORK = 1 << 7,   /* to be saved and forked by vmfork(1) */
	NEED_OWN = 1 << 8,    /* it runs as who asks, and may open what is theirs */
	NEED_HERE = 1 << 9,   /* it runs on this host: paths are the same to it */
};

struct hypervisor {
	const char *driver;	/* libvirt's, what the URI begins with */
	const char *name;	/* for people */
	const char *uri;	/* where it is unless said otherwise */
	unsigned can;		/* by any URI: all but NEED_OWN, NEED_HERE */
	const char *bus, *disk; /* its disks' bus; what their names begin with */
	const char *packages;	/* Debian's, that the host has it by */
};

/* A URI, and what guests there can have. */
struct hypervisor_at {
	const char *uri;
	const struct hypervisor *hypervisor;
	unsigned can;
};

/* By the driver's name; NULL if there is no such row. */
const struct hypervisor *hypervisor_find(const char *driver);

/* The one that this is a host of (Xen's dom0), by what lies below root (""). */
const struct hypervisor *hypervisor_of_host(const char *root);

/* An option's URI or, where that is NULL, HYPERVISOR's in the environment, or the
 * usual. */
const char *hypervisor_uri(const char *option);

/* Takes it apart; it stays the caller's. 0; -EINVAL: no URI; -ENOENT: no such row. */
int hypervisor_at(struct hypervisor_at *at, const char *uri);

/* Whether its guests belong to who asks, wherever they run: a session, of any driver.
 */
bool hypervisor_is_session(const char *uri);

/* Whether that session is one on this host. */
bool hypervisor_is_own(const char *uri);

/* The need of that name ("ports"), 0 if there is none; and back, "" if there is none.
 */
unsigned hypervisor_need(const char *name);
const char *hypervisor_need_name(unsigned need);

/* What there is not ("no virtio ports"), and what to do without it. */
const char *hypervisor_lack(unsigned need);
const char *hypervisor_instead(unsigned need);

/* The names of all drivers, "a, b". What does not fit is left out. */
void hypervisor_names(char *out, unsigned size);

#endif
