// SPDX-License-Identifier: MIT
/* What the guest writes: from libvirt's streams to files and words. */
#include "ports.h"
#include "clock.h"
#include "direct.h"
#include "hypervisor.h"
#include "virt.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* How long a lock may take to go, in seconds. */
enum { LOCKED = 10 };

static void port_end(struct port *p)
{
	if (!p->open)
		return;
	p->open = 0;
	if (p->feed)
		feed_stop(p->feed);
	if (p->st) {
		virStreamEventRemoveCallback(p->st);
		virStreamAbort(p->st);
	} else {
		virEventRemoveHandle(p->watch);
		close(p->fd);
	}
}

static int port_take(struct port *p, const char *data, size_t n)
{
	struct guest *g = p->g;
	int r;

	g->stream_bytes += n;
	if (p->words && words_feed(p->words, data, n) < 0)
		guest_end(g, OUT_FAILED, "memory", NULL, "out of memory");
	if (p == g->ports)
		panic_feed(&g->panic, data, n);
	if (!p->sink)
		return 0;
	r = sink_put(p->sink, data, n);
	if (r < 0)
		guest_end_by_sink(
			g, p->sink, p->name, p == g->ports ? "console" : "port", r);
	return r;
}

static ssize_t port_get(struct port *p, char *buf, size_t size)
{
	ssize_t n;

	if (p->st)
		return virStreamRecv(p->st, buf, size);
	n = recv(p->fd, buf, size, MSG_DONTWAIT);
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? -2 : n;
}

/* A flood must not keep the loop from its clocks: a few reads a turn. */
static void port_moves(struct port *p, int events)
{
	char buf[65536];

	for (int i = 0; i < 16 && p->open; i++) {
		const ssize_t n = port_get(p, buf, sizeof(buf));

		if (n == -2)
			break;
		if (n <= 0) {
			port_end(p);
			return;
		}
		if (port_take(p, buf, (size_t)n) < 0) {
			port_end(p);
			return;
		}
		events &= ~(VIR_STREAM_EVENT_HANGUP | VIR_STREAM_EVENT_ERROR);
	}
	if (events & VIR_STREAM_EVENT_WRITABLE && p->feed && feed_push(p->feed) < 0)
		events |= VIR_STREAM_EVENT_ERROR;
	if (events & (VIR_STREAM_EVENT_HANGUP | VIR_STREAM_EVENT_ERROR))
		port_end(p);
}

static void stream_event(virStreamPtr st, int events, void *opaque)
{
	(void)st;
	port_moves(opaque, events);
}

static void socket_event(int watch, int fd, int events, void *opaque)
{
	(void)watch;
	(void)fd;
	port_moves(opaque, events);
}

/* Only what goes to a guest, which may not take it, must not go through the daemon. */
static int socket_open(struct guest *g, struct port *p, const char *channel)
{
	if (!p->feed || p->feed->fd < 0 || !channel || !hypervisor_is_own(g->cfg->uri))
		return -1;
	p->fd = direct_open(g->dom, channel);
	if (p->fd < 0)
		return -1;
	p->watch = virEventAddHandle(p->fd, FEED_IDLE, socket_event, p, NULL);
	if (p->watch < 0)
		close(p->fd);
	return p->watch < 0 ? -1 : 0;
}

static int stream_open(struct guest *g, struct port *p, const char *channel)
{
	p->st = virStreamNew(g->conn, VIR_STREAM_NONBLOCK);
	if (!p->st)
		return -1;
	if (channel)
		return virDomainOpenChannel(
			g->dom, channel, p->st, VIR_DOMAIN_CHANNEL_FORCE);
	return virDomainOpenConsole(g->dom, NULL, p->st, VIR_DOMAIN_CONSOLE_FORCE);
}

/* A lock that came between (see ttys.c), or stands on the socket of a guest with this
 * one's name, is soon taken back; the guest has not begun, so nothing of it is lost. */
static int port_open(struct guest *g, struct port *p, const char *channel)
{
	const struct timespec nap = { .tv_nsec = 100000000 };
	const double end = clock_seconds() + LOCKED;

	p->g = g;
	p->name = channel ? channel : "console";
	if (socket_open(g, p, channel) == 0) {
		p->open = 1;
		return feed_start(p->feed, NULL, p->fd, p->watch);
	}
	while (stream_open(g, p, channel) < 0) {
		if (!p->st || virGetLastErrorCode() != VIR_ERR_OPERATION_FAILED ||
			clock_seconds() >= end)
			return -1;
		virStreamFree(p->st);
		p->st = NULL;
		nanosleep(&nap, NULL);
	}
	p->open = 1;
	if (virStreamEventAddCallback(p->st, FEED_IDLE, stream_event, p, NULL) < 0)
		return -1;
	return p->feed ? feed_start(p->feed, p->st, -1, -1) : 0;
}

int ports_open(struct guest *g)
{
	struct run_config *cfg = g->cfg;

	g->ports = calloc((size_t)cfg->channel_count + 1, sizeof(*g->ports));
	if (!g->ports) {
		guest_end(g, OUT_NOT_STARTED, "memory", NULL, "out of memory");
		return -1;
	}
	for (int i = 0; i <= cfg->channel_count; i++) {
		struct channel *c = i ? &cfg->channels[i - 1] : NULL;
		struct sink *s = c ? &c->sink : &cfg->console;
		struct port *p = &g->ports[i];

		p->sink = s->fd >= 0 || (c && c->is_word) ? s : NULL;
		p->feed = c ? &c->feed : NULL;
		p->words = c && c->is_word ? &g->words : NULL;
		g->port_count++;
		if (port_open(g, p, c ? c->name : NULL) < 0) {
			guest_end(g, OUT_NOT_STARTED, "port", p->name, "%s: open: %s",
				p->name, virt_why());
			return -1;
		}
	}
	return 0;
}

int ports_open_count(const struct guest *g)
{
	int n = 0;

	for (int i = 0; i < g->port_count; i++)
		n += g->ports[i].open;
	return n;
}

void ports_close(struct guest *g)
{
	for (int i = 0; i < g->port_count; i++) {
		port_end(&g->ports[i]);
		if (g->ports[i].st)
			virStreamFree(g->ports[i].st);
	}
	free(g->ports);
	g->ports = NULL;
	g->port_count = 0;
}
