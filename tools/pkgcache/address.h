// SPDX-License-Identifier: MIT
/* address.h - where an address leads to, by its number alone and by this host's. */
#ifndef PKGCACHE_ADDRESS_H
#define PKGCACHE_ADDRESS_H

#include <sys/socket.h>

/*
 * NULL if it is one of the public network, or what it is instead: "loopback",
 * "private", ... An address that carries an IPv4 address is judged by that.
 */
const char *address_kind(const struct sockaddr *sa);

/* The same, and "this host's own". */
const char *address_of_inside(const struct sockaddr *sa);

#endif
