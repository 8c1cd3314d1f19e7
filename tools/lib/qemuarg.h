// SPDX-License-Identifier: MIT
/* qemuarg.h - what libvirt does not know how to say, in QEMU's own option syntax. */
#ifndef SEEDBED_QEMUARG_H
#define SEEDBED_QEMUARG_H

/* What the value of -netdev begins with, for the guest's end of netgate(1). */
#define QEMUARG_GATE "stream,id=gate,"

/* That value for the gate at that socket, allocated; NULL: no memory. */
char *qemuarg_gate(const char *path);

/*
 * What the value of -object begins with, for memory that is in the beginning what is in
 * a file, and a copy where it is written to; the value of -machine that takes it. The
 * name is part of the guest's state.
 */
#define QEMUARG_RAM	"memory"
#define QEMUARG_MACHINE "memory-backend=memory"
#define QEMUARG_PRIVATE "memory-backend-file,id=" QEMUARG_RAM ",share=off,"

/* That value for the file, which may be read only (QEMU 8.2); likewise. */
char *qemuarg_private(const char *path, unsigned long long kib);

#endif
