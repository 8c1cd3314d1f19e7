#include "gate.h"
#include "cleanup.h"
#include "diag.h"
#include "frames.h"
#include "polls.h"
#include "relay.h"
#include "signals.h"
#include "unixlisten.h"

#include <libslirp.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>

struct gate {
	const struct gate_config *cfg;
	Slirp *slirp;
	struct relay *relays;
	int relay_count;
	int listener, signals, guest;
	struct polls polls;
	struct frames_in in;
	struct frames_out out;
	uint64_t to_guest, from_guest;
	unsigned long lost, complaints;
	int over, error;
};

/* --- what libslirp asks for --- */

static ssize_t send_packet(const void *buf, size_t len, void *opaque)
{
	struct gate *g = opaque;

	if (g->guest < 0)
		return (ssize_t)len;
	if (frames_put(&g->out, buf, len) < 0)
		g->lost++;
	else
		g->to_guest += len;
	return (ssize_t)len;
}

static void guest_error(const char *msg, void *opaque)
{
	struct gate *g = opaque;

	if (g->complaints++ == 0)
		diag("guest: %s", msg);
}

static int64_t clock_ns(void *opaque)
{
	struct timespec ts;

	(void)opaque;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Timers are for IPv6 only, which this network has not. */
static void *timer_new(SlirpTimerCb cb, void *cb_opaque, void *opaque)
{
	(void)cb;
	(void)cb_opaque;
	(void)opaque;
	return NULL;
}

static void timer_free(void *timer, void *opaque)
{
	(void)timer;
	(void)opaque;
}

static void timer_mod(void *timer, int64_t expire, void *opaque)
{
	(void)timer;
	(void)expire;
	(void)opaque;
}

/* The descriptors are asked for anew before every round. */
static void poll_fd_ignored(int fd, void *opaque)
{
	(void)fd;
	(void)opaque;
}

static void notify(void *opaque)
{
	(void)opaque;
}

static const SlirpCb callbacks = {
	.send_packet = send_packet,
	.guest_error = guest_error,
	.clock_get_ns = clock_ns,
	.timer_new = timer_new,
	.timer_free = timer_free,
	.timer_mod = timer_mod,
	.register_poll_fd = poll_fd_ignored,
	.unregister_poll_fd = poll_fd_ignored,
	.notify = notify,
};

static int add_poll(int fd, int events, void *opaque)
{
	struct gate *g = opaque;
	short ev = 0;

	if (events & SLIRP_POLL_IN)
		ev |= POLLIN;
	if (events & SLIRP_POLL_OUT)
		ev |= POLLOUT;
	if (events & SLIRP_POLL_PRI)
		ev |= POLLPRI;
	return polls_add(&g->polls, fd, ev);
}

static int get_revents(int index, void *opaque)
{
	const struct gate *g = opaque;
	short got = polls_got(&g->polls, index);
	int ev = 0;

	if (got & POLLIN)
		ev |= SLIRP_POLL_IN;
	if (got & POLLOUT)
		ev |= SLIRP_POLL_OUT;
	if (got & POLLPRI)
		ev |= SLIRP_POLL_PRI;
	if (got & POLLERR)
		ev |= SLIRP_POLL_ERR;
	if (got & POLLHUP)
		ev |= SLIRP_POLL_HUP;
	return ev;
}

/* --- start --- */

/* An address of the network that nothing uses, for what must have one. */
static struct in_addr spare(const struct gate_config *cfg)
{
	struct in_addr a = cfg->host;
	unsigned n = 3;
	int taken = 1;

	while (taken && n < 256) {
		a = cidr_host(&cfg->net, n++);
		taken = a.s_addr == cfg->host.s_addr || a.s_addr == cfg->guest.s_addr;
		for (int i = 0; i < cfg->proxy_count; i++)
			taken |= a.s_addr == cfg->proxies[i].guest.s_addr;
	}
	return a;
}

static int start_slirp(struct gate *g)
{
	const struct gate_config *cfg = g->cfg;
	const SlirpConfig sc = {
		.version = 3,
		.restricted = !cfg->open,
		.in_enabled = true,
		.vnetwork = cfg->net.net,
		.vnetmask = cfg->net.mask,
		.vhost = cfg->host,
		.vdhcp_start = cfg->guest,
		.vnameserver = spare(cfg),
		.disable_host_loopback = true,
		.disable_dns = !cfg->open,
	};

	g->slirp = slirp_new(&sc, &callbacks, g);
	return g->slirp ? 0 : -EINVAL;
}

static int start_proxies(struct gate *g)
{
	const struct gate_config *cfg = g->cfg;

	g->relays = calloc((size_t)cfg->proxy_count + 1, sizeof(*g->relays));
	if (!g->relays)
		return -ENOMEM;
	for (int i = 0; i < cfg->proxy_count; i++) {
		struct proxy *p = &cfg->proxies[i];
		_cleanup_free_ char *path = NULL;
		int r;

		if (asprintf(&path, "%s.%d", cfg->socket, i) < 0)
			return -ENOMEM;
		r = relay_start(&g->relays[i], p, path);
		if (r < 0) {
			diag_errno(-r, "%s: listen", path);
			return r;
		}
		g->relay_count++;
		if (slirp_add_unix(g->slirp, path, &p->guest, p->port) < 0) {
			diag("%s: not an address that the guest can be given", p->text);
			return -EINVAL;
		}
	}
	return 0;
}

/* A port that was free a moment ago. */
static int free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	_cleanup_close_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(a);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) < 0 ||
		getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		return -errno;
	return ntohs(a.sin_port);
}

static int start_forward(struct gate *g, const struct forward *f)
{
	const struct in_addr lo = { .s_addr = htonl(INADDR_LOOPBACK) };

	/* Between the asking and the taking another program may have got it. */
	for (int tries = 0; tries < 20; tries++) {
		int port = f->host_port ? f->host_port : free_port();

		if (port < 0)
			return port;
		if (slirp_add_hostfwd(
			    g->slirp, 0, lo, port, g->cfg->guest, f->guest_port) == 0) {
			fprintf(g->cfg->out, "forward %d 127.0.0.1:%d\n", f->guest_port,
				port);
			return 0;
		}
		if (f->host_port)
			break;
	}
	diag("127.0.0.1:%d: listen: not free", f->host_port);
	return -EADDRINUSE;
}

static int start(struct gate *g)
{
	const struct gate_config *cfg = g->cfg;
	sigset_t set;
	int r;

	signals_to_end(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	g->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (g->signals < 0)
		return -errno;
	if ((r = start_slirp(g)) < 0) {
		diag("the network could not be set up");
		return r;
	}
	g->listener = unix_listen(cfg->socket);
	if (g->listener < 0) {
		r = g->listener;
		diag_errno(-r, "%s: listen", cfg->socket);
		return r;
	}
	if ((r = start_proxies(g)) < 0)
		return r;
	for (int i = 0; i < cfg->forward_count; i++)
		if ((r = start_forward(g, &cfg->forwards[i])) < 0)
			return r;
	return 0;
}

static void ready(const struct gate *g)
{
	fputs("ready\n", g->cfg->out);
	fflush(g->cfg->out);
	if (g->cfg->ready_fd >= 0) {
		if (write(g->cfg->ready_fd, "ready\n", 6) != 6)
			diag_errno(errno, "--ready-fd");
		close(g->cfg->ready_fd);
	}
}

/* --- one round --- */

static void count(const struct gate *g)
{
	unsigned long total = 0, refused = 0, failed = 0;

	for (int i = 0; i < g->relay_count; i++) {
		total += g->relays[i].total;
		refused += g->relays[i].refused;
		failed += g->relays[i].failed;
	}
	fprintf(g->cfg->out,
		"bytes rx=%llu tx=%llu connections=%lu refused=%lu failed=%lu "
		"lost=%lu\n",
		(unsigned long long)g->to_guest, (unsigned long long)g->from_guest,
		total, refused, failed, g->lost);
	fflush(g->cfg->out);
}

static void take_signal(struct gate *g)
{
	struct signalfd_siginfo si;

	while (read(g->signals, &si, sizeof(si)) == sizeof(si))
		if (si.ssi_signo == SIGUSR1)
			count(g);
		else
			g->over = 1;
}

/* One guest at a time: whoever comes second is shown the door. */
static void take_guest(struct gate *g)
{
	int fd = accept4(g->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (g->guest >= 0) {
		diag("%s: a second guest was refused", g->cfg->socket);
		close(fd);
		return;
	}
	g->guest = fd;
	g->in.start = g->in.len = 0;
}

static void guest_gone(struct gate *g, int err)
{
	if (err == EPROTO)
		diag("%s: what came is not a stream of frames", g->cfg->socket);
	close(g->guest);
	g->guest = -1;
	frames_out_free(&g->out);
	if (g->cfg->keep)
		return;
	g->over = 1;
	g->error = err == EPROTO ? -err : 0;
}

static void accept_all(struct gate *g)
{
	for (int i = 0; i < g->relay_count; i++)
		relay_accept(&g->relays[i]);
}

static void take_frames(struct gate *g)
{
	const uint8_t *frame;
	size_t room;
	uint8_t *p = frames_room(&g->in, &room);
	ssize_t got = recv(g->guest, p, room, MSG_DONTWAIT);
	int n, batch = 0;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		guest_gone(g, got < 0 ? errno : 0);
		return;
	}
	frames_came(&g->in, (size_t)got);
	while ((n = frames_next(&g->in, &frame)) > 0) {
		g->from_guest += (uint64_t)n;
		slirp_input(g->slirp, frame, n);
		/* libslirp must never meet a full queue: it would wait in it. */
		if (++batch % 32 == 0)
			accept_all(g);
	}
	if (n < 0)
		guest_gone(g, -n);
}

/* What the guest had been sent when it was over goes, and it with its network. */
static void check_limit(struct gate *g)
{
	if (!g->cfg->limit || g->to_guest <= g->cfg->limit || g->over)
		return;
	diag("%s: the guest wanted more than the %llu bytes that it may receive",
		g->cfg->socket, (unsigned long long)g->cfg->limit);
	g->over = 1;
	g->error = -EDQUOT;
}

static int poll_round(struct gate *g)
{
	uint32_t timeout = 60000;
	int sig, door, guest, n;

	g->polls.n = 0;
	sig = polls_add(&g->polls, g->signals, POLLIN);
	door = polls_add(&g->polls, g->listener, POLLIN);
	guest = polls_add(
		&g->polls, g->guest, (short)(g->out.len ? POLLIN | POLLOUT : POLLIN));
	for (int i = 0; i < g->relay_count; i++)
		relay_fill(&g->relays[i], &g->polls);
	slirp_pollfds_fill(g->slirp, &timeout, add_poll, g);
	n = poll(g->polls.v, g->polls.n, (int)timeout);
	if (n < 0 && errno != EINTR)
		return -errno;
	slirp_pollfds_poll(g->slirp, n < 0, get_revents, g);
	if (n < 0)
		return 0;
	for (int i = 0; i < g->relay_count; i++)
		relay_serve(&g->relays[i], &g->polls);
	if (polls_got(&g->polls, sig))
		take_signal(g);
	if (polls_got(&g->polls, guest) & (POLLIN | POLLHUP | POLLERR))
		take_frames(g);
	if (polls_got(&g->polls, door))
		take_guest(g);
	if (g->guest >= 0 && (n = frames_flush(&g->out, g->guest)) < 0)
		guest_gone(g, -n);
	check_limit(g);
	return 0;
}

static void end(struct gate *g)
{
	if (g->slirp)
		slirp_cleanup(g->slirp);
	for (int i = 0; i < g->relay_count; i++)
		relay_end(&g->relays[i]);
	free(g->relays);
	if (g->guest >= 0)
		close(g->guest);
	if (g->listener >= 0) {
		close(g->listener);
		unlink(g->cfg->socket);
	}
	if (g->signals >= 0)
		close(g->signals);
	frames_out_free(&g->out);
	free(g->polls.v);
}

int gate_run(const struct gate_config *cfg)
{
	struct gate *g = calloc(1, sizeof(*g));
	int r;

	if (!g)
		return -ENOMEM;
	g->cfg = cfg;
	g->listener = g->signals = g->guest = -1;
	r = start(g);
	if (r == 0) {
		ready(g);
		while (r == 0 && !g->over)
			r = poll_round(g);
		count(g);
		if (r == 0)
			r = g->error;
	}
	end(g);
	free(g);
	return r;
}
