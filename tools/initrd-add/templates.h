// SPDX-License-Identifier: MIT
/* templates.h - debconf templates without their translations. */
#ifndef INITRD_TEMPLATES_H
#define INITRD_TEMPLATES_H

#include "initrd.h"

/*
 * Copies the templates at text without the translated fields; the variants
 * for the C locale stay: what the installer's programs choose by is in them.
 * 0 and the caller's *out, or -EBADMSG (*line is the wrong one), -ENOMEM.
 */
int templates_strip(
	const char *text, size_t len, char **out, size_t *outlen, unsigned *line);

/* Does that to every package's templates in the initrd; says what is wrong. */
int templates_strip_all(struct initrd *rd);

/* Whether path is a package's templates. */
bool is_templates(const char *path);

#endif
