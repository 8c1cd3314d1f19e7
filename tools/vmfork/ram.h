// SPDX-License-Identifier: MIT
/*
 * ram.h - takes the guest's memory out of QEMU's migration stream, into a file.
 *
 * What is left is a stream, too. It says of the guest's memory how large it is, and no
 * more: QEMU loads it into a guest whose memory is what is in that file.
 */
#ifndef VMFORK_RAM_H
#define VMFORK_RAM_H

#include <stdint.h>
#include <stdio.h>

/*
 * Reads the stream to its end. memory is an empty file of `size` bytes; what is zeros
 * in the guest stays a hole there. 0; -EBADMSG: no such stream, or damaged; -ENOTSUP:
 * of a guest, or in a form, that is not known here; or another negative errno.
 */
int ram_take_out(FILE *from, FILE *to, int memory, uint64_t size);

#endif
