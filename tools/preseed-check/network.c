// SPDX-License-Identifier: MIT
/* network.c - host names and addresses, as netcfg takes them. */
#include "check.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"

enum { LONGEST = 63, SERVERS = 4 };

struct address {
	int family; /* 0: none */
	unsigned char byte[sizeof(struct in6_addr)];
	unsigned prefix; /* 0: not said */
};

static unsigned width(int family)
{
	return family == AF_INET ? 32 : 128;
}

static struct address parse(const char *s)
{
	struct address a = { .family = AF_INET };

	if (inet_pton(AF_INET, s, a.byte) == 1)
		return a;
	a.family = inet_pton(AF_INET6, s, a.byte) == 1 ? AF_INET6 : 0;
	return a;
}

/* ADDRESS or ADDRESS/PREFIX; *bad: the prefix is none. */
static struct address parse_own(struct check *c, const char *s, bool *bad)
{
	size_t n = strcspn(s, "/");
	struct address a = parse(pool_strndup(c->pool, s, n));
	const char *prefix = s + n + 1;

	*bad = false;
	if (!a.family || !s[n])
		return a;
	*bad = strlen(prefix) > 3 || prefix[strspn(prefix, "0123456789")];
	if (!*bad)
		a.prefix = (unsigned)strtoul(prefix, NULL, 10);
	*bad |= a.prefix > width(a.family);
	return a;
}

static void fault(struct check *c, const struct answer *a, const char *what)
{
	found(c, a, a->value.at, strlen(a->value.s), LEVEL_ERROR, R_NETWORK, "%s%s%s",
		a->value.s, *a->value.s ? " " : "", what);
}

static bool letters(const char *s, size_t n)
{
	return n && strspn(s, LETTERS) >= n && s[0] != '-' && s[n - 1] != '-';
}

static void host_name(struct check *c, const struct answer *a)
{
	const char *v = a->value.s, *enable = value_said(c, "netcfg/enable");
	size_t n = strlen(v), first = strcspn(v, ".");
	bool forced = strcmp(a->question.s, "netcfg/hostname") == 0;
	bool domain = !enable || strcmp(enable, "false") != 0;

	if (n > LONGEST)
		fault(c, a,
			"is longer than 63 characters: the installer cuts it there");
	else if (!letters(v, first) || strspn(v, LETTERS ".") != n || v[n - 1] == '.' ||
		 v[n - 1] == '-' || strstr(v, ".."))
		fault(c, a,
			forced ? "is no host name: letters, digits and inner hyphens; "
				 "the installer takes debian, or what "
				 "netcfg/get_hostname says"
			       : "is no host name: letters, digits and inner hyphens; "
				 "the installer says so and takes debian");
	else if (v[first] && !domain)
		fault(c, a,
			"has a domain, which the installer does not take while "
			"netcfg/enable is false: it says so and takes debian");
}

static void domain(struct check *c, const struct answer *a)
{
	const char *v = a->value.s;

	v += strspn(v, "."); /* those at the beginning it takes off */
	if (v[strspn(v, LETTERS "._")] || strstr(v, ".."))
		found(c, a, a->value.at, strlen(a->value.s), LEVEL_WARNING, R_NETWORK,
			"%s is no domain name; the installer writes it down as it is",
			v);
}

static void own_address(struct check *c, const struct answer *a)
{
	bool bad;
	struct address own = parse_own(c, a->value.s, &bad);

	if (!own.family)
		fault(c, a,
			"is no address: the installer says so, and asks again without "
			"end");
	else if (bad)
		fault(c, a,
			own.family == AF_INET ? "has no prefix of 1 to 32"
					      : "has no prefix of 1 to 128");
}

/* How many bits of a mask are set from the left; -1 if others are, too. */
static int mask_length(const struct address *m)
{
	unsigned bits = width(m->family), n = 0;

	while (n < bits && m->byte[n / 8] >> (7 - n % 8) & 1)
		n++;
	for (unsigned i = n; i < bits; i++)
		if (m->byte[i / 8] >> (7 - i % 8) & 1)
			return -1;
	return (int)n;
}

/* The machine's own address as all answers make it; family 0 if that is not known. */
static struct address machine(struct check *c)
{
	const char *ip = value_said(c, "netcfg/get_ipaddress");
	const char *mask = value_said(c, "netcfg/get_netmask");
	bool bad = false;
	struct address own = { 0 }, m;

	if (!ip || filled_in(c, ip))
		return own;
	own = parse_own(c, ip, &bad);
	if (bad)
		own.family = 0;
	if (own.family && !own.prefix && mask) {
		m = parse(mask);
		if (m.family == own.family && mask_length(&m) > 0)
			own.prefix = (unsigned)mask_length(&m);
	}
	return own;
}

static void netmask(struct check *c, const struct answer *a)
{
	const char *ip = value_said(c, "netcfg/get_ipaddress");
	struct address m = parse(a->value.s), own = machine(c);

	if (ip && strchr(ip, '/'))
		return; /* what it says counts */
	if (!m.family || (own.family && own.family != m.family))
		fault(c, a,
			own.family == AF_INET6
				? "is no netmask of IPv6, such as ffff:ffff:ffff:ffff::"
				: "is no netmask, such as 255.255.255.0");
	else if (mask_length(&m) < 0)
		fault(c, a, "is no netmask: it has ones behind a zero");
}

static bool same_network(const struct address *a, const struct address *b, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if ((a->byte[i / 8] ^ b->byte[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

static bool link_local(const struct address *a)
{
	return a->family == AF_INET6 && a->byte[0] == 0xfe &&
	       (a->byte[1] & 0xc0) == 0x80;
}

static void gateway(struct check *c, const struct answer *a)
{
	struct address gw = parse(a->value.s), own = machine(c);
	char net[INET6_ADDRSTRLEN];

	if (!*a->value.s || strcmp(a->value.s, "none") == 0)
		return;
	if (!gw.family || (own.family && own.family != gw.family)) {
		fault(c, a,
			!gw.family
				? "is no address: the installer says so, and asks "
				  "again "
				  "without end (none is for no gateway)"
				: "is no address of the family that the machine's own "
				  "is of");
		return;
	}
	if (!own.family)
		return;
	if (memcmp(own.byte, gw.byte, width(own.family) / 8) == 0) {
		fault(c, a, "is the machine itself");
		return;
	}
	if (!own.prefix || own.prefix == width(own.family) || link_local(&gw) ||
		same_network(&own, &gw, own.prefix))
		return;
	for (unsigned i = own.prefix; i < width(own.family); i++)
		own.byte[i / 8] &= (unsigned char)~(0x80 >> i % 8);
	inet_ntop(own.family, own.byte, net, sizeof(net));
	fault(c, a,
		pool_printf(c->pool,
			"is not in %s/%u: the installer says that the gateway cannot "
			"be "
			"reached, and asks again without end",
			net, own.prefix));
}

static void name_servers(struct check *c, const struct answer *a)
{
	const char *v = a->value.s;
	char *blanks;
	unsigned n = 0;

	for (size_t at = strspn(v, " \t"); v[at]; at += strspn(v + at, " \t")) {
		size_t len = strcspn(v + at, " \t");
		const char *one = pool_strndup(c->pool, v + at, len);

		if (!parse(one).family) {
			found(c, a, a->value.at + at, len, LEVEL_ERROR, R_NETWORK,
				"%s is no address%s", one,
				strpbrk(one, ",;") ? ": blanks separate name servers"
						   : "; the installer asks again "
						     "without end");
			if (!strpbrk(one, ",;"))
				return;
			blanks = pool_strdup(c->pool, v);
			for (char *p = blanks; (p = strpbrk(p, ",;"));)
				*p = ' ';
			mend(c, a, a->value.at, strlen(v), blanks);
			return;
		}
		if (++n == SERVERS + 1)
			found(c, a, a->value.at + at, len, LEVEL_WARNING, R_NETWORK,
				"%s is left out: the installer takes four name servers",
				one);
		at += len;
	}
}

static void point_to_point(struct check *c, const struct answer *a)
{
	if (*a->value.s && parse(a->value.s).family != AF_INET)
		fault(c, a, "is no address of IPv4");
}

void check_network(struct check *c, const struct answer *a)
{
	static const struct {
		const char *question;
		void (*check)(struct check *c, const struct answer *a);
	} table[] = { { "netcfg/get_hostname", host_name },
		{ "netcfg/hostname", host_name }, { "netcfg/get_domain", domain },
		{ "netcfg/get_ipaddress", own_address },
		{ "netcfg/get_netmask", netmask }, { "netcfg/get_gateway", gateway },
		{ "netcfg/get_nameservers", name_servers },
		{ "netcfg/get_pointopoint", point_to_point } };

	if (a->seen || !*a->value.s || filled_in(c, a->value.s) || marked(c, a))
		return;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strcmp(table[i].question, a->question.s) == 0)
			table[i].check(c, a);
}
