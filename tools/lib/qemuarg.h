/* qemuarg.h - what libvirt does not know how to say, in QEMU's own option syntax. */
#ifndef SEEDBED_QEMUARG_H
#define SEEDBED_QEMUARG_H

/* What the value of -netdev begins with, for the guest's end of netgate(1). */
#define QEMUARG_GATE "stream,id=gate,"

/* That value for the gate at that socket, allocated; NULL: no memory. */
char *qemuarg_gate(const char *path);

/*
 * The value of -object for a guest's memory that is a file: the file itself (shared), or
 * a private copy of what is written to, of a file that may be read only. The name of it
 * is part of the guest's state, and the same for both.
 */
#define QEMUARG_MEMORY	"memory"
#define QEMUARG_SHARED	"memory-backend-file,id=" QEMUARG_MEMORY ",share=on,size="
#define QEMUARG_PRIVATE "memory-backend-file,id=" QEMUARG_MEMORY ",share=off,size="

/* Allocated; NULL: no memory. */
char *qemuarg_shared(const char *path, unsigned long long kib);
char *qemuarg_private(const char *path, unsigned long long kib);

/* The file's name out of such a value, allocated; NULL: there is none, or no memory. */
char *qemuarg_memory_file(const char *value);

#endif
