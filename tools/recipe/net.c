// SPDX-License-Identifier: MIT
/* net.c - the addresses of a static network. */
#include "net.h"

#include "values.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES = sizeof(struct in6_addr) };

static unsigned width(int family)
{
	return family == AF_INET ? 32 : 128;
}

/* An address in its normal form; 0 if it is none, else its family. */
static int parse_address(const char *s, unsigned char bytes[BYTES], char out[64])
{
	int family = strchr(s, ':') ? AF_INET6 : AF_INET;

	if (inet_pton(family, s, bytes) != 1)
		return 0;
	inet_ntop(family, bytes, out, 64);
	return family;
}

static bool bit(const unsigned char *b, unsigned i)
{
	return b[i / 8] >> (7 - i % 8) & 1;
}

static bool same_network(
	const unsigned char *a, const unsigned char *b, unsigned prefix)
{
	for (unsigned i = 0; i < prefix; i++)
		if (bit(a, i) != bit(b, i))
			return false;
	return true;
}

/* The network's own address and, of IPv4, its broadcast are nobody's. */
static bool is_host(const unsigned char *a, int family, unsigned prefix)
{
	unsigned ones = 0, rest = width(family) - prefix;

	for (unsigned i = prefix; i < width(family); i++)
		ones += bit(a, i);
	return rest < 2 || (ones != 0 && (family == AF_INET6 || ones != rest));
}

static bool link_local(int family, const unsigned char *a)
{
	return family == AF_INET6 && a[0] == 0xfe && (a[1] & 0xc0) == 0x80;
}

static void netmask(struct net *n)
{
	unsigned char mask[BYTES] = { 0 };

	for (unsigned i = 0; i < n->prefix; i++)
		mask[i / 8] |= (unsigned char)(0x80 >> i % 8);
	inet_ntop(n->family, mask, n->netmask, sizeof(n->netmask));
}

static bool parse_own(
	struct net *n, const char *s, unsigned char own[BYTES], struct why *why)
{
	char text[64];
	size_t len = strcspn(s, "/");

	snprintf(text, sizeof(text), "%.*s", (int)(len < 60 ? len : 60), s);
	n->family = parse_address(text, own, n->address);
	if (!n->family || s[len] != '/')
		return refuse(
			why, "%.80s: is no ADDRESS/PREFIX, such as 192.0.2.10/24", s);
	if (!number_ok(s + len + 1, 1, width(n->family), why))
		return refuse(
			why, "%.80s: the prefix is not 1 to %u", s, width(n->family));
	n->prefix = (unsigned)strtoul(s + len + 1, NULL, 10);
	if (!is_host(own, n->family, n->prefix))
		return refuse(why, "%.80s: is the network itself, not a host in it", s);
	netmask(n);
	return true;
}

static bool parse_gateway(
	struct net *n, const char *s, const unsigned char own[BYTES], struct why *why)
{
	unsigned char gw[BYTES];

	if (parse_address(s, gw, n->gateway) != n->family)
		return refuse(why, "gateway %.80s: is no address of that family", s);
	if (strcmp(n->gateway, n->address) == 0)
		return refuse(why, "gateway %s: is the machine itself", s);
	/* A network of one address, or a gateway known by its link alone: netcfg makes
	 * a route to the gateway itself. */
	if (n->prefix == width(n->family) || link_local(n->family, gw))
		return true;
	/* The installer would stop and ask. */
	if (!same_network(own, gw, n->prefix) || !is_host(gw, n->family, n->prefix))
		return refuse(why, "gateway %s: is no host of %s/%u", s, n->address,
			n->prefix);
	return true;
}

static bool parse_nameserver(
	struct net *n, const char *s, struct pool *p, struct why *why)
{
	unsigned char bytes[BYTES];
	char text[64];

	if (!parse_address(s, bytes, text))
		return refuse(why, "nameserver %.80s: is no address", s);
	n->nameservers = pool_printf(
		p, "%s%s%s", n->nameservers, *n->nameservers ? " " : "", text);
	return true;
}

bool net_parse(struct net *n, char *const *word, struct pool *p, struct why *why)
{
	unsigned char own[BYTES];
	bool name_server = false;

	*n = (struct net){ .nameservers = pool_strdup(p, "") };
	if (strcmp(word[0], "dhcp") == 0)
		return word[1] ? refuse(why, "%.80s: dhcp wants nothing more", word[1])
			       : true;
	if (strcmp(word[0], "static") != 0)
		return refuse(why, "%.80s: is neither dhcp nor static", word[0]);
	if (!word[1])
		return refuse(why, "static wants ADDRESS/PREFIX");
	if (!parse_own(n, word[1], own, why))
		return false;
	for (word += 2; *word; word++) {
		if (strcmp(*word, "gateway") == 0 && word[1] && !*n->gateway) {
			if (!parse_gateway(n, *++word, own, why))
				return false;
			name_server = false;
		} else if (strcmp(*word, "nameserver") == 0 && word[1]) {
			name_server = true;
			if (!parse_nameserver(n, *++word, p, why))
				return false;
		} else if (!name_server) {
			return refuse(why,
				"%.80s: wants gateway ADDRESS, nameserver ADDRESS...",
				*word);
		} else if (!parse_nameserver(n, *word, p, why)) {
			return false;
		}
	}
	return true;
}
