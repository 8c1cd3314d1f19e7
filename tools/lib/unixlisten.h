// SPDX-License-Identifier: MIT
/* unixlisten.h - a unix socket to listen at. */
#ifndef SEEDBED_UNIXLISTEN_H
#define SEEDBED_UNIXLISTEN_H

enum { UNIX_PATH_LEN = 107 }; /* what sockaddr_un takes, without the NUL */

/*
 * Listens at path, for its user alone; one that is left from before is replaced if
 * nobody answers at it (else -EADDRINUSE; -EEXIST for what is no socket). The descriptor, which does not block, or a
 * negative errno; -ENAMETOOLONG over UNIX_PATH_LEN.
 */
int unix_listen(const char *path);

#endif
