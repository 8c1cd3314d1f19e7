/* netdev.h - the guest's end of netgate(1) in QEMU's own option syntax. */
#ifndef SEEDBED_NETDEV_H
#define SEEDBED_NETDEV_H

/* What the value of -netdev begins with. */
#define NETDEV_GATE "stream,id=gate,"

/* The value of -netdev for the gate at that socket, allocated; NULL: no memory. */
char *netdev_gate(const char *path);

#endif
