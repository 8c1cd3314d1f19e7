// SPDX-License-Identifier: MIT
/* addr.h - the addresses of a command line. */
#ifndef NETGATE_ADDR_H
#define NETGATE_ADDR_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

struct cidr {
	struct in_addr net, mask;
};

/* Where a connection goes in the end: a unix socket or a TCP address. */
struct target {
	struct sockaddr_storage addr;
	socklen_t len;
};

struct proxy {
	struct in_addr guest; /* the address that the guest sees */
	int port;
	struct target to;
	const char *text; /* as it was given */
};

struct forward {
	int host_port; /* 0: any */
	int guest_port;
	struct sockaddr_un at; /* of AF_UNIX: there in place of a port */
};

/* Each returns NULL, or what is wrong in words. */
const char *addr_parse(const char *s, struct in_addr *a);
const char *cidr_parse(const char *s, struct cidr *c);
const char *proxy_parse(const char *s, struct proxy *p);
const char *forward_parse(const char *s, struct forward *f);

/* The address with host part n of the network. */
struct in_addr cidr_host(const struct cidr *c, unsigned n);

/* Whether a is in the network, and neither its name nor its broadcast. */
int cidr_has(const struct cidr *c, struct in_addr a);

#endif
