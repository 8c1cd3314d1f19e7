// SPDX-License-Identifier: MIT
/*
 * status.h - which packages the installer has: /var/lib/dpkg/status.
 */
#ifndef INITRD_STATUS_H
#define INITRD_STATUS_H

#include <stddef.h>

#define STATUS_FILE "var/lib/dpkg/status"

struct package {
	char *name, *version;
	char *text; /* the stanza with the newline of its last line */
};

struct status {
	struct package *list;
	size_t count;
};

/* 0, or -EBADMSG (*line is where, *why what) or -ENOMEM. */
int status_parse(struct status *s, const char *text, size_t len, unsigned *line,
	const char **why);

struct package *status_find(const struct status *s, const char *name);

/*
 * Adds a package by its control file as udpkg notes it: unpacked, to be
 * configured by the main menu. 0, -EBADMSG (*why), -EEXIST (already there),
 * -ENOMEM.
 */
int status_add(struct status *s, const char *control, size_t len, const char **why);

/* Marks p as configured. 0 or -ENOMEM. */
int status_installed(struct package *p);

void status_remove(struct status *s, struct package *p);

/* The file's text, the caller's to free; NULL: no memory. */
char *status_text(const struct status *s, size_t *len);

void status_free(struct status *s);

#endif
