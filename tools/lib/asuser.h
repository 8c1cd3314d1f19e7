// SPDX-License-Identifier: MIT
/*
 * asuser.h - a program started by root goes on as somebody else.
 *
 * Guests and their networks are never run by root. What root alone can open
 * must be open before.
 */
#ifndef SEEDBED_ASUSER_H
#define SEEDBED_ASUSER_H

/* Who it is when nobody says. */
#define ASUSER_DEFAULT "seedbed"

/*
 * For root: becomes the user of that name (NULL: ASUSER_DEFAULT), with all its
 * groups, HOME and no environment that points into another user's folders. For
 * anybody else, only forgets an XDG_RUNTIME_DIR that is not there.
 *
 * 0; -ENOENT: no such user; -EPERM: that is root, too; or a negative errno.
 */
int as_user(const char *name);

#endif
