// SPDX-License-Identifier: MIT
/* debconf.h - answers put into the installer's own database, cdebconf's. */
#ifndef INITRD_DEBCONF_H
#define INITRD_DEBCONF_H

#include "initrd.h"

/*
 * Adds the answers of the preseed file name to rd. They are where and how the
 * installer's start-up scripts would have put them; what these still read is a
 * /preseed.cfg with the lines that name more files to fetch. The log from
 * which answers of other owners than d-i reach the installed system is there,
 * too. To be called when all templates are in rd. Says what is wrong.
 */
int debconf_preseed(struct initrd *rd, const char *name);

#endif
