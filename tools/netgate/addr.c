// SPDX-License-Identifier: MIT
#include "addr.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

const char *addr_parse(const char *s, struct in_addr *a)
{
	return inet_pton(AF_INET, s, a) == 1 ? NULL : "not an IPv4 address";
}

/* A decimal number and nothing else. */
static int number(const char *s, int min, int max)
{
	char *end;
	long v;

	if (*s < '0' || *s > '9' || strlen(s) > 5)
		return -1;
	v = strtol(s, &end, 10);
	return *end || v < min || v > max ? -1 : (int)v;
}

const char *cidr_parse(const char *s, struct cidr *c)
{
	char text[INET_ADDRSTRLEN];
	const char *slash = strchr(s, '/');
	int bits;

	if (!slash || (size_t)(slash - s) >= sizeof(text))
		return "not of the form ADDRESS/BITS";
	memcpy(text, s, (size_t)(slash - s));
	text[slash - s] = '\0';
	bits = number(slash + 1, 8, 29);
	if (bits < 0)
		return "a network has 8 to 29 bits";
	if (inet_pton(AF_INET, text, &c->net) != 1)
		return "not an IPv4 address";
	c->mask.s_addr = htonl(~0U << (32 - bits));
	c->net.s_addr &= c->mask.s_addr;
	return NULL;
}

struct in_addr cidr_host(const struct cidr *c, unsigned n)
{
	struct in_addr a = { .s_addr = c->net.s_addr | htonl(n) };

	return a;
}

int cidr_has(const struct cidr *c, struct in_addr a)
{
	return (a.s_addr & c->mask.s_addr) == c->net.s_addr &&
	       a.s_addr != c->net.s_addr &&
	       a.s_addr != (c->net.s_addr | ~c->mask.s_addr);
}

static const char *unix_target(const char *path, struct target *t)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&t->addr;

	if (strlen(path) >= sizeof(un->sun_path))
		return "the path is too long for a unix socket";
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, strlen(path) + 1);
	t->len = sizeof(*un);
	return NULL;
}

static const char *tcp_target(const char *s, struct target *t)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	const char *colon = strrchr(s, ':'), *why = NULL;
	struct addrinfo *ai = NULL;
	char *host;
	int r;

	if (!colon || colon == s || number(colon + 1, 1, 65535) < 0)
		return "the target is neither a path with a slash nor HOST:PORT";
	if (*s == '[' && colon[-1] == ']')
		host = strndup(s + 1, (size_t)(colon - s) - 2);
	else
		host = strndup(s, (size_t)(colon - s));
	if (!host)
		return "out of memory";
	r = getaddrinfo(host, colon + 1, &hints, &ai);
	free(host);
	if (r)
		return gai_strerror(r);
	if (ai->ai_addrlen > sizeof(t->addr))
		why = "an address of an unknown kind";
	else
		memcpy(&t->addr, ai->ai_addr, t->len = ai->ai_addrlen);
	freeaddrinfo(ai);
	return why;
}

const char *proxy_parse(const char *s, struct proxy *p)
{
	char text[INET_ADDRSTRLEN + 6];
	const char *eq = strchr(s, '=');
	char *colon;

	memset(p, 0, sizeof(*p));
	p->text = s;
	if (!eq || (size_t)(eq - s) >= sizeof(text))
		return "not of the form ADDRESS:PORT=TARGET";
	memcpy(text, s, (size_t)(eq - s));
	text[eq - s] = '\0';
	colon = strchr(text, ':');
	if (!colon)
		return "not of the form ADDRESS:PORT=TARGET";
	*colon = '\0';
	if (inet_pton(AF_INET, text, &p->guest) != 1)
		return "not an IPv4 address";
	p->port = number(colon + 1, 1, 65535);
	if (p->port < 0)
		return "not a port";
	return strchr(eq, '/') ? unix_target(eq + 1, &p->to)
			       : tcp_target(eq + 1, &p->to);
}

const char *forward_parse(const char *s, struct forward *f)
{
	char text[sizeof(f->at.sun_path)];
	const char *colon = strrchr(s, ':');

	memset(f, 0, sizeof(*f));
	if (!colon)
		return "neither HOSTPORT:GUESTPORT nor PATH:GUESTPORT";
	if ((size_t)(colon - s) >= sizeof(text))
		return "the path is too long for a unix socket";
	memcpy(text, s, (size_t)(colon - s));
	text[colon - s] = '\0';
	f->guest_port = number(colon + 1, 1, 65535);
	if (strchr(text, '/')) {
		f->at.sun_family = AF_UNIX;
		memcpy(f->at.sun_path, text, strlen(text) + 1);
	} else {
		f->host_port = number(text, 0, 65535);
	}
	if (f->host_port < 0 || f->guest_port < 0)
		return "not a port";
	return NULL;
}
