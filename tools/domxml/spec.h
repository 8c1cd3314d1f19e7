// SPDX-License-Identifier: MIT
/* spec.h - what a guest shall be, and what its host can do. */
#ifndef DOMXML_SPEC_H
#define DOMXML_SPEC_H

#include "hypervisor.h"
#include "platform.h"

#include <libxml/tree.h>

enum accel { ACCEL_AUTO, ACCEL_KVM, ACCEL_TCG };
enum xen { XEN_NONE, XEN_PV, XEN_PVH, XEN_HVM };
enum firmware { FIRMWARE_BIOS, FIRMWARE_UEFI };
enum net { NET_NONE, NET_GATE, NET_USER, NET_NETWORK, NET_BRIDGE };

struct disk {
	char *path; /* absolute */
	const char *format;
};

struct spec {
	struct hypervisor_at at;
	const char *name, *uuid;
	const char *user; /* who asks, when started by root */
	int memory, cpus; /* MiB, number */
	struct disk *disks;
	int disk_count;
	int throwaway, reboot, video, genid;
	char *kernel, *initrd; /* absolute, or NULL: boots from disk */
	const char *cmdline;
	enum accel accel;
	enum xen xen;
	enum firmware firmware;
	char *nvram;
	enum net net;
	char *gate;	    /* the socket of NET_GATE */
	const char *source; /* the network's or the bridge's name */
	const char *mac;
	const struct platform *platform; /* has a machine */
	const char *machine, *cpu, *cpu_vendor;
	char **channels, **oem_strings;
	/* what the host says; NULL or 0 where it was not asked */
	char *emulator;
	unsigned long emulator_version;
};

/*
 * Adds <name a="b" ...>text</name> to parent; text and the list of pairs may
 * be NULL at once. All text is escaped. A failure marks the document, for
 * xml_failed(), and everything built below the missing node is left out.
 */
xmlNode *xml_add(xmlNode *parent, const char *name, const char *text, ...)
	__attribute__((sentinel));
int xml_failed(const xmlDoc *doc);

/* One more attribute of the node, which may be missing. */
void xml_set(xmlNode *node, const char *name, const char *value);

/* Whether s can be in XML at all: UTF-8 without control characters. */
int xml_can_hold(const char *s);

/* The document of the guest; NULL when memory runs out. */
xmlDoc *qemu_domain(const struct spec *s);
xmlDoc *xen_domain(const struct spec *s);

/* What both begin with. */
void common_head(xmlNode *dom, const struct spec *s);
void common_ends(xmlNode *dom, const struct spec *s);

/* The disk of that number; its driver, for more attributes. */
xmlNode *common_disk(xmlNode *devices, const struct spec *s, int i);

/*
 * Asks libvirt at uri, and kvmprobe, what can be had: fills in accel, emulator
 * and its version. 0, or a negative errno after a message.
 */
int host_ask(struct spec *s, const char *uri);

/* Whether KVM runs guests on this host, as kvmprobe finds it. */
int host_kvm_works(void);

#endif
