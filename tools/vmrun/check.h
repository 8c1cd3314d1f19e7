// SPDX-License-Identifier: MIT
/* check.h - what a domain's description says, before libvirt is asked. */
#ifndef VMRUN_CHECK_H
#define VMRUN_CHECK_H

/*
 * Whether this user can use the files that it names. 0; or a negative errno, *why,
 * allocated, and *object, the file, too, or NULL.
 */
int check_files(const char *file, const char *xml, char **why, char **object);

/* The UUID in it, allocated, or NULL. */
char *xml_uuid(const char *xml);

#endif
