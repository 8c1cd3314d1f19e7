// SPDX-License-Identifier: MIT
/* network.c - the machine's one card, as netplan has it. */
#include "network.h"

#include <arpa/inet.h>
#include <string.h>

/* Each of the words. */
static void words(struct out *o, const char *key, const char *text, struct pool *pool)
{
	out_text(o, key);
	out_list(o, true);
	while (*text) {
		size_t n = strcspn(text, " ");

		out_text(o, pool_strndup(pool, text, n));
		text += n + (text[n] == ' ');
	}
	out_end(o);
}

static bool same_network(const struct net *n)
{
	unsigned char own[16] = { 0 }, gw[16] = { 0 };

	inet_pton(n->family, n->address, own);
	inet_pton(n->family, n->gateway, gw);
	for (unsigned i = 0; i < n->prefix; i++)
		if ((own[i / 8] ^ gw[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

static void fixed(const struct plan *p, struct out *o)
{
	const struct net *n = &p->net;
	const char *domain = plan_get(p, "domain");

	out_pair_bool(o, "dhcp4", false);
	words(o, "addresses", pool_printf(p->pool, "%s/%u", n->address, n->prefix),
		p->pool);
	if (*n->gateway) {
		out_text(o, "routes");
		out_list(o, false);
		out_map(o, true);
		out_pair(o, "to", "default");
		out_pair(o, "via", n->gateway);
		if (!same_network(n))
			out_pair_bool(o, "on-link", true);
		out_end(o);
		out_end(o);
	}
	if (!*n->nameservers && !*domain)
		return;
	out_text(o, "nameservers");
	out_map(o, false);
	if (*n->nameservers)
		words(o, "addresses", n->nameservers, p->pool);
	if (*domain)
		words(o, "search", domain, p->pool);
	out_end(o);
}

/*
 * The card by any name, as it is eth0 only where a kernel is told net.ifnames=0, and
 * nobody knows how the installer's was started.
 */
void network_write(const struct plan *p, struct out *o)
{
	out_map(o, false);
	out_pair_number(o, "version", 2);
	out_text(o, "ethernets");
	out_map(o, false);
	out_text(o, "eth0");
	out_map(o, false);
	out_text(o, "match");
	out_map(o, true);
	out_pair(o, "name", "e*");
	out_end(o);
	if (p->net.family)
		fixed(p, o);
	else
		out_pair_bool(o, "dhcp4", true);
	out_end(o);
	out_end(o);
	out_end(o);
}
