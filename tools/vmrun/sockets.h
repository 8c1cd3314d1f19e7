// SPDX-License-Identifier: MIT
/* sockets.h - whether libvirt's own sockets can have the names that it gives them. */
#ifndef VMRUN_SOCKETS_H
#define VMRUN_SOCKETS_H

#include <stdbool.h>

/*
 * A session's lie below the person's folders, and none of their paths can have more
 * than 107 bytes. False, after a message for each that has: libvirt's own names the
 * wrong thing, or none. Called by root, it becomes user (see asuser.h), as virt_open()
 * does.
 */
bool sockets_fit(const char *uri, const char *user, const char *xml);

#endif
