// SPDX-License-Identifier: MIT
#include "address.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const struct {
	uint32_t net;
	int bits;
	const char *kind;
} nets4[] = {
	{ 0x00000000, 8, "unspecified" },
	{ 0x0a000000, 8, "private" },
	{ 0x64400000, 10, "private" }, /* a provider's own (RFC 6598) */
	{ 0x7f000000, 8, "loopback" },
	{ 0xa9fe0000, 16, "link-local" },
	{ 0xac100000, 12, "private" },
	{ 0xc0000000, 24, "reserved" },
	{ 0xc0a80000, 16, "private" },
	{ 0xc6120000, 15, "private" }, /* for benchmarks (RFC 2544) */
	{ 0xe0000000, 4, "multicast" },
	{ 0xf0000000, 4, "reserved" },
};

static const char *kind4(uint32_t a)
{
	for (size_t i = 0; i < sizeof(nets4) / sizeof(*nets4); i++)
		if ((a ^ nets4[i].net) >> (32 - nets4[i].bits) == 0)
			return nets4[i].kind;
	return NULL;
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static const struct {
	const char *kind; /* NULL: judged by the IPv4 address at byte */
	int bits, byte;
	uint8_t net[16];
} nets6[] = {
	{ NULL, 96, 12, { [10] = 0xff, [11] = 0xff } }, /* mapped */
	{ "loopback", 128, 0, { [15] = 1 } },
	{ "unspecified", 128, 0, { 0 } },
	{ NULL, 96, 12, { 0 } },		      /* of old, "compatible" */
	{ NULL, 96, 12, { 0x00, 0x64, 0xff, 0x9b } }, /* NAT64 */
	{ "private", 48, 0, { 0x00, 0x64, 0xff, 0x9b, 0, 1 } },
	{ NULL, 16, 2, { 0x20, 0x02 } },     /* 6to4 */
	{ "tunnel", 32, 0, { 0x20, 0x01 } }, /* Teredo */
	{ "private", 7, 0, { 0xfc } },
	{ "link-local", 10, 0, { 0xfe, 0x80 } },
	{ "private", 10, 0, { 0xfe, 0xc0 } },
	{ "multicast", 8, 0, { 0xff } },
};

enum { MAPPED = 0 };

static bool within(const uint8_t *a, const uint8_t *net, int bits)
{
	const size_t whole = (size_t)bits / 8;
	const int rest = bits % 8;

	return memcmp(a, net, whole) == 0 &&
	       (rest == 0 || (a[whole] ^ net[whole]) >> (8 - rest) == 0);
}

static const char *kind6(const uint8_t *a)
{
	for (size_t i = 0; i < sizeof(nets6) / sizeof(*nets6); i++)
		if (within(a, nets6[i].net, nets6[i].bits))
			return nets6[i].kind ? nets6[i].kind
					     : kind4(get32(a + nets6[i].byte));
	return NULL;
}

const char *address_kind(const struct sockaddr *sa)
{
	switch (sa->sa_family) {
	case AF_INET:
		return kind4(ntohl(((const struct sockaddr_in *)sa)->sin_addr.s_addr));
	case AF_INET6:
		return kind6(((const struct sockaddr_in6 *)sa)->sin6_addr.s6_addr);
	default:
		return "unknown";
	}
}

/* The address's bytes, or NULL. An IPv4 one that is mapped is its four. */
static const uint8_t *bytes_of(const struct sockaddr *sa, size_t *len)
{
	const uint8_t *p;

	if (sa && sa->sa_family == AF_INET) {
		*len = 4;
		return (const uint8_t *)&((const struct sockaddr_in *)sa)->sin_addr;
	}
	if (!sa || sa->sa_family != AF_INET6)
		return NULL;
	p = ((const struct sockaddr_in6 *)sa)->sin6_addr.s6_addr;
	*len = 16;
	if (!within(p, nets6[MAPPED].net, nets6[MAPPED].bits))
		return p;
	*len = 4;
	return p + 12;
}

const char *address_of_inside(const struct sockaddr *sa)
{
	const char *kind = address_kind(sa);
	struct ifaddrs *list = NULL;
	size_t len = 0, n = 0;
	const uint8_t *a = bytes_of(sa, &len), *b;

	if (kind || getifaddrs(&list) < 0)
		return kind;
	for (struct ifaddrs *i = list; i && !kind; i = i->ifa_next)
		if ((b = bytes_of(i->ifa_addr, &n)) && n == len && memcmp(a, b, n) == 0)
			kind = "this host's own";
	freeifaddrs(list);
	return kind;
}
