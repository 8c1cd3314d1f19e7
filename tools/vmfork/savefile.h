// SPDX-License-Identifier: MIT
/*
 * savefile.h - the beginning of what libvirt's QEMU driver writes when it saves a
 * guest: a header of 92 bytes, the guest's XML, a NUL, perhaps a cookie (more XML),
 * zeros up to where the header says that QEMU's own stream begins.
 */
#ifndef VMFORK_SAVEFILE_H
#define VMFORK_SAVEFILE_H

#include <stddef.h>
#include <stdint.h>

enum { SAVEFILE_HEADER = 92, SAVEFILE_MAX = 8 << 20 };

struct savefile {
	uint32_t version;
	char *xml, *cookie; /* allocated; cookie NULL: none */
	size_t stream;	    /* where QEMU's begins */
};

/*
 * How long the part before the stream is, by the header's bytes. 0 in *len and
 * -EBADMSG: not such a file; -EINPROGRESS: one that was never finished; -ENOTSUP: of
 * a later version, compressed, or of a guest that did not run.
 */
int savefile_length(const void *header, size_t *len);

/* Takes that part apart. 0 or a negative errno as above. */
int savefile_parse(struct savefile *s, const void *data, size_t len);
void savefile_free(struct savefile *s);

/* The part for a guest of other XML, allocated. 0 or -ENOMEM. */
int savefile_make(const struct savefile *s, const char *xml, void **out, size_t *len);

#endif
