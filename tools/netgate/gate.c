// SPDX-License-Identifier: MIT
#include "gate.h"
#include "captive.h"
#include "cleanup.h"
#include "clock.h"
#include "diag.h"
#include "ending.h"
#include "frames.h"
#include "polls.h"
#include "relay.h"
#include "result.h"
#include "unixlisten.h"

#include <libslirp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/un.h>

struct gate {
	const struct gate_config *cfg;
	Slirp *slirp;
	struct relay *relays;
	int forwarded; /* so many forwards are there */
	int relay_count;
	int listener, asked, guest; /* asked: for the counts, by SIGUSR1 */
	struct captive captive;
	char **env; /* what the command is told */
	struct polls polls;
	struct frames_in in;
	struct frames_out out;
	struct counts counts; /* but for what the relays count */
	unsigned long complaints;
	int interrupted; /* and the command has yet to end */
	struct ending end;
};

/* The gate's own failure. */
static int fail(struct gate *g, int err, const char *text)
{
	ending_set(&g->end, "failed", g->cfg->command ? CAPTIVE_FAILED : GATE_FAILED,
		"%s", text);
	return err;
}

__attribute__((format(printf, 3, 4))) static int failf(
	struct gate *g, int err, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	return fail(g, err, text ? text : fmt);
}

/* --- what libslirp asks for --- */

static ssize_t send_packet(const void *buf, size_t len, void *opaque)
{
	struct gate *g = opaque;

	if (g->guest < 0)
		return (ssize_t)len;
	if (frames_put(&g->out, buf, len) < 0)
		g->counts.lost++;
	else
		g->counts.to_guest += len;
	return (ssize_t)len;
}

static void guest_error(const char *msg, void *opaque)
{
	struct gate *g = opaque;

	if (g->complaints++ == 0)
		diag("guest: %s", msg);
}

static int64_t now(void *opaque)
{
	(void)opaque;
	return clock_ns();
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
	.clock_get_ns = now,
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
	return g->slirp ? 0 : fail(g, -EINVAL, "the network could not be set up");
}

/* What can be done about a socket that cannot be had. */
static int not_listening(struct gate *g, const char *path, int err)
{
	if (err == -ENAMETOOLONG)
		return failf(g, err,
			"%s: listen: too long: it has %zu bytes, and the path of a "
			"socket "
			"%zu at most; next: a shorter --socket, such as one below /tmp",
			path, strlen(path),
			sizeof(((struct sockaddr_un *)0)->sun_path) - 1);
	if (err == -EADDRINUSE)
		return failf(g, err,
			"%s: listen: in use, somebody answers there; next: another "
			"--socket, for each guest has its own gate",
			path);
	return failf(g, err, "%s: listen: %s", path, strerror(-err));
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
		if (r < 0)
			return not_listening(g, path, r);
		g->relay_count++;
		if (slirp_add_unix(g->slirp, path, &p->guest, p->port) < 0)
			return failf(g, -EINVAL,
				"%s: not an address that the guest can be given",
				p->text);
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

/* The port or socket is taken: whoever wants to know is told. */
static int tell_forward(struct gate *g, const struct forward *f, int port)
{
	_cleanup_free_ char *where = NULL;
	char **slot = g->env;

	if (f->at.sun_family == AF_UNIX)
		where = strdup(f->at.sun_path);
	else if (asprintf(&where, "127.0.0.1:%d", port) < 0)
		where = NULL;
	if (!where)
		return fail(g, -ENOMEM, "out of memory");

	while (*slot)
		slot++;
	if (g->cfg->out)
		fprintf(g->cfg->out, "forward %d %s\n", f->guest_port, where);
	if (asprintf(slot, "NETGATE_FORWARD_%d=%s", f->guest_port, where) < 0) {
		*slot = NULL;
		return fail(g, -ENOMEM, "out of memory");
	}
	return 0;
}

/* A socket is its user's alone, where a port is every local user's. */
static int start_unix_forward(struct gate *g, const struct forward *f)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr = g->cfg->guest,
		.sin_port = htons((uint16_t)f->guest_port) };
	const char *path = f->at.sun_path;
	const int fd = unix_listen(path); /* one that is left is replaced */
	mode_t mask;
	int r;

	if (fd < 0)
		return not_listening(g, path, fd);
	close(fd);
	unlink(path);
	mask = umask(0177);
	r = slirp_add_hostxfwd(g->slirp, (const struct sockaddr *)&f->at, sizeof(f->at),
		(const struct sockaddr *)&to, sizeof(to), 0);
	r = r < 0 ? -errno : 0;
	umask(mask);
	if (r < 0)
		return not_listening(g, path, r);
	g->forwarded++;
	return tell_forward(g, f, 0);
}

static int start_forward(struct gate *g, const struct forward *f)
{
	const struct in_addr lo = { .s_addr = htonl(INADDR_LOOPBACK) };

	if (f->at.sun_family == AF_UNIX)
		return start_unix_forward(g, f);
	/* Between the asking and the taking another program may have got it. */
	for (int tries = 0; tries < 20; tries++) {
		int port = f->host_port ? f->host_port : free_port();

		if (port < 0)
			return failf(g, port, "no port of 127.0.0.1 is free: %s",
				strerror(-port));
		if (slirp_add_hostfwd(
			    g->slirp, 0, lo, port, g->cfg->guest, f->guest_port) == 0) {
			g->forwarded++;
			return tell_forward(g, f, port);
		}
		if (f->host_port)
			break;
	}
	return failf(g, -EADDRINUSE,
		"127.0.0.1:%d: listen: not free; next: --forward 0:%d takes a port "
		"that "
		"is",
		f->host_port, f->guest_port);
}

static int listen_for_signals(struct gate *g)
{
	sigset_t set;
	const int r = captive_hold(&g->captive);

	if (r < 0)
		return failf(g, r, "signals: %s", strerror(-r));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	g->asked = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return g->asked < 0 ? failf(g, -errno, "signals: %s", strerror(errno)) : 0;
}

static int start(struct gate *g)
{
	const struct gate_config *cfg = g->cfg;
	int r;

	if ((r = listen_for_signals(g)) < 0)
		return r;
	g->env = calloc((size_t)cfg->forward_count + 1, sizeof(*g->env));
	if (!g->env)
		return fail(g, -ENOMEM, "out of memory");
	if ((r = result_prepare(cfg->result)) < 0)
		return failf(g, r, "%s: write: %s", cfg->result, strerror(-r));
	if ((r = start_slirp(g)) < 0)
		return r;
	g->listener = unix_listen(cfg->socket);
	if (g->listener < 0)
		return not_listening(g, cfg->socket, g->listener);
	if ((r = start_proxies(g)) < 0)
		return r;
	for (int i = 0; i < cfg->forward_count; i++)
		if ((r = start_forward(g, &cfg->forwards[i])) < 0)
			return r;
	return 0;
}

/* The command, where there is one: the gate is there for it. */
static int start_command(struct gate *g)
{
	const char *const *argv = g->cfg->command;
	int r;

	if (!argv)
		return 0;
	r = captive_start(&g->captive, argv, (const char *const *)g->env);
	if (r < 0)
		ending_set(&g->end, "failed", captive_status(r),
			"%s: cannot be started: %s", argv[0], strerror(-r));
	return r;
}

static void ready(const struct gate *g)
{
	if (g->cfg->out) {
		fputs("ready\n", g->cfg->out);
		fflush(g->cfg->out);
	}
	if (g->cfg->ready_fd >= 0) {
		if (write(g->cfg->ready_fd, "ready\n", 6) != 6)
			diag_errno(errno, "--ready-fd");
		close(g->cfg->ready_fd);
	}
}

/* --- one round --- */

static struct counts count(const struct gate *g)
{
	struct counts c = g->counts;

	for (int i = 0; i < g->relay_count; i++) {
		c.connections += g->relays[i].total;
		c.refused += g->relays[i].refused;
		c.failed += g->relays[i].failed;
	}
	return c;
}

/* Standard output is the command's, where there is one. */
static void tell_counts(const struct gate *g)
{
	const struct counts c = count(g);

	counts_print(&c, g->cfg->out ? g->cfg->out : stderr);
}

static void take_signals(struct gate *g)
{
	struct signalfd_siginfo si;

	while (read(g->asked, &si, sizeof(si)) == sizeof(si))
		tell_counts(g);
	if (!captive_signal(&g->captive))
		return;
	if (g->captive.pid > 0)
		g->interrupted = 1; /* it has been passed on */
	else
		ending_set(&g->end, "interrupted", 0, NULL);
}

static void take_end_of_command(struct gate *g)
{
	const int r = captive_ended(&g->captive);

	if (r == -EAGAIN)
		return;
	g->end.command = r < 0 ? CAPTIVE_FAILED : r;
	ending_set(&g->end, g->interrupted ? "interrupted" : "ended", g->end.command,
		NULL);
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
	static const char wrong[] = "what came is not a stream of frames; next: a "
				    "--netdev stream of QEMU's, and nothing else";

	close(g->guest);
	g->guest = -1;
	frames_out_free(&g->out);
	if (err == EPROTO && g->cfg->keep)
		diag("%s: %s", g->cfg->socket, wrong);
	else if (err == EPROTO)
		failf(g, -err, "%s: %s", g->cfg->socket, wrong);
	else if (!g->cfg->keep && !g->cfg->command)
		ending_set(&g->end, "ended", 0, NULL);
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
		g->counts.from_guest += (uint64_t)n;
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
	if (!g->cfg->limit || g->counts.to_guest <= g->cfg->limit)
		return;
	ending_set(&g->end, "limit", g->cfg->command ? CAPTIVE_FAILED : GATE_LIMIT,
		"%s: the guest wanted more than the %llu bytes that it may receive; "
		"next: "
		"look at what it fetches, or a higher --limit",
		g->cfg->socket, (unsigned long long)g->cfg->limit);
}

static int poll_round(struct gate *g)
{
	uint32_t timeout = 60000;
	int sig, asked, command, door, guest, n;

	g->polls.n = 0;
	sig = polls_add(&g->polls, g->captive.signals, POLLIN);
	asked = polls_add(&g->polls, g->asked, POLLIN);
	command = polls_add(&g->polls, g->captive.pidfd, POLLIN);
	door = polls_add(&g->polls, g->listener, POLLIN);
	guest = polls_add(
		&g->polls, g->guest, (short)(g->out.len ? POLLIN | POLLOUT : POLLIN));
	for (int i = 0; i < g->relay_count; i++)
		relay_fill(&g->relays[i], &g->polls);
	slirp_pollfds_fill(g->slirp, &timeout, add_poll, g);
	n = poll(g->polls.v, g->polls.n, (int)timeout);
	if (n < 0 && errno != EINTR)
		return failf(g, -errno, "poll: %s", strerror(errno));
	slirp_pollfds_poll(g->slirp, n < 0, get_revents, g);
	if (n < 0)
		return 0;
	for (int i = 0; i < g->relay_count; i++)
		relay_serve(&g->relays[i], &g->polls);
	if (polls_got(&g->polls, sig) || polls_got(&g->polls, asked))
		take_signals(g);
	if (polls_got(&g->polls, command))
		take_end_of_command(g);
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
	for (int i = 0; i < g->forwarded; i++)
		if (g->cfg->forwards[i].at.sun_family == AF_UNIX)
			unlink(g->cfg->forwards[i].at.sun_path);
	if (g->guest >= 0)
		close(g->guest);
	if (g->listener >= 0) {
		close(g->listener);
		unlink(g->cfg->socket);
	}
	if (g->asked >= 0)
		close(g->asked);
	for (char **e = g->env; e && *e; e++)
		free(*e);
	free(g->env);
	frames_out_free(&g->out);
	free(g->polls.v);
	captive_free(&g->captive);
}

/* Where it is the gate that ends first, its command is told to, and the guest has no
 * network meanwhile. */
static void serve(struct gate *g)
{
	while (!g->end.outcome && poll_round(g) == 0)
		;
	if (g->captive.pid > 0) {
		if (g->guest >= 0)
			close(steal_fd(&g->guest));
		kill(g->captive.pid, SIGTERM);
		g->end.command = captive_wait(&g->captive);
	}
	if (g->cfg->out)
		tell_counts(g);
}

int gate_run(const struct gate_config *cfg)
{
	struct gate *g = calloc(1, sizeof(*g));
	struct counts counts;
	int status;

	if (!g)
		return cfg->command ? CAPTIVE_FAILED : GATE_FAILED;
	g->cfg = cfg;
	g->listener = g->asked = g->guest = g->end.command = -1;
	g->captive = (struct captive){ .signals = -1, .pidfd = -1 };
	if (start(g) == 0) {
		ready(g);
		if (start_command(g) == 0)
			serve(g);
	}
	counts = count(g);
	status = g->end.status;
	if (ending_write(&g->end, &counts, cfg->result) < 0)
		status = cfg->command ? CAPTIVE_FAILED : GATE_FAILED;
	free(g->end.text);
	end(g);
	free(g);
	return status;
}
