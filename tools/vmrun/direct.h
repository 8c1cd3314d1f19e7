// SPDX-License-Identifier: MIT
/* direct.h - a port of a guest of one's own, by its QEMU's socket. */
#ifndef VMRUN_DIRECT_H
#define VMRUN_DIRECT_H

#include <libvirt/libvirt.h>

/*
 * A descriptor that does not block, or -1: then libvirt has to be asked for a stream.
 *
 * What is sent through a stream waits in libvirt's daemon until the guest takes it; with
 * five messages of that the daemon reads nothing more of its client, hears no answer to
 * its own "are you there", and after half a minute hangs up, which ends the guest.
 */
int direct_open(virDomainPtr dom, const char *channel);

#endif
