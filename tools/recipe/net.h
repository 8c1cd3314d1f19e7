// SPDX-License-Identifier: MIT
/* net.h - the addresses of a static network. */
#ifndef PRESEED_NET_H
#define PRESEED_NET_H

#include "recipe.h"

struct net {
	int family; /* AF_INET, AF_INET6; 0 is DHCP */
	unsigned prefix;
	char address[64], netmask[64], gateway[64];
	char *nameservers; /* blanks between, "" if none */
};

/* The words of a network line. False with the reason in why. */
bool net_parse(struct net *n, char *const *word, struct pool *p, struct why *why);

#endif
