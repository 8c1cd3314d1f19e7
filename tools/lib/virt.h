// SPDX-License-Identifier: MIT
/* virt.h - what every tool that talks to libvirt does the same way. */
#ifndef SEEDBED_VIRT_H
#define SEEDBED_VIRT_H

#include <libvirt/libvirt.h>

/*
 * Connects to uri; root becomes `user` first (see asuser.h) where guests belong
 * to who connects. Errors of libvirt are no longer printed by it. NULL after a
 * message.
 */
virConnectPtr virt_open(const char *uri, const char *user);

/*
 * The absolute path, as libvirt wants it, of a file that need not exist yet. The
 * caller's to free; NULL with errno set.
 */
char *virt_path(const char *path);

/* The text of libvirt's last error in this thread. */
const char *virt_why(void);

void cleanup_virconnect(virConnectPtr *c);
void cleanup_virdomain(virDomainPtr *d);

#endif
