// SPDX-License-Identifier: MIT
/* domain.h - a guest's XML: what is in it, and what of it is made another guest's. */
#ifndef VMFORK_DOMAIN_H
#define VMFORK_DOMAIN_H

#include <libxml/tree.h>
#include <stddef.h>

void cleanup_xmldoc(xmlDoc **doc);

/* NULL: not XML. */
xmlDoc *domain_read(const char *xml);

/* What the path says, allocated and "" where there is nothing; NULL: no memory. */
char *domain_get(xmlDoc *doc, const char *path);

struct domain_disk {
	char *target, *format, *file;
};

/* Its disks that can be written to, allocated. Their number or a negative errno. */
int domain_disks(xmlDoc *doc, struct domain_disk **out);
void domain_disks_free(struct domain_disk *d, int n);

/* What a fork has of its own. */
struct identity {
	const char *name, *uuid, *genid;
	const char *gate;   /* NULL: none */
	const char *memory; /* the file that it begins with, which stays as it is */
	unsigned long long memory_kib;
	struct domain_disk *disk;
	int disks;
};

/* Whether the guest's network is a gate of netgate(1). */
int domain_has_gate(xmlDoc *doc);

/*
 * Makes the saved guest's XML that of a fork: its name, disks, memory and gate, and
 * nothing that points to the other's sockets, kernel or ramdisk. 0, -ENOENT: a disk of
 * `who` is not there (its number in *which), or a negative errno.
 */
int domain_become(xmlDoc *doc, const struct identity *who, int *which);

#endif
