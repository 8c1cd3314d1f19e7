// SPDX-License-Identifier: MIT
/* The guest's course: start, clocks, judgement, and what is left of it taken away. */
#include "run.h"
#include "check.h"
#include "cleanup.h"
#include "clock.h"
#include "command.h"
#include "diag.h"
#include "guest.h"
#include "hypervisor.h"
#include "lifecycle.h"
#include "parent.h"
#include "ports.h"
#include "report.h"
#include "restore.h"
#include "result.h"
#include "shot.h"
#include "sockets.h"
#include "ttys.h"
#include "virt.h"
#include "watch.h"

#include <libvirt/virterror.h>
#include <poll.h>
#include <string.h>

/* READER_RESTS: how long who reads may take nothing when there is no more to come. */
enum { TICK_MS = 250, SHOT = 10, LAST_LINES = 3, READER_RESTS = 10 };

/* --- the guest's words --- */

static void say(void *opaque, const struct word *w)
{
	struct guest *g = opaque;
	const int r = report_word(g, w);

	if (r < 0)
		guest_end_by_sink(g, &g->cfg->records, "records", "reader", r);
	switch (w->kind) {
	case WORD_STEP:
		remember(&g->step, w->text);
		command_at_step(g, w->text);
		break;
	case WORD_DONE:
		if (!g->said_done)
			g->grace_end = clock_seconds() + g->cfg->grace;
		g->said_done = 1;
		break;
	case WORD_FAILED:
		guest_says_failed(g, w);
		break;
	case WORD_ASKS:
		remember(&g->question, w->text);
		guest_end(g, OUT_ASKED, "question", NULL,
			"the guest waits for an answer: %s", w->text);
		break;
	case WORD_DATA:
		break;
	}
}

static void interrupted(struct guest *g, int signal)
{
	guest_end(
		g, OUT_INTERRUPTED, "signal", NULL, "interrupted by signal %d", signal);
	if (g->end.outcome == OUT_INTERRUPTED && !g->end.signal)
		g->end.signal = signal;
}

static void on_signal(int watch, int fd, int events, void *opaque)
{
	struct guest *g = opaque;
	const int signal = captive_signal(&g->captive);

	(void)watch;
	(void)fd;
	(void)events;
	if (signal)
		interrupted(g, signal);
}

/* --- the clocks --- */

/* What was the time limit's before it was done stays so for who is not. */
static void check_timeout(struct guest *g, double t)
{
	const int timeout = g->cfg->timeout;

	if (timeout && t - g->started >= timeout && (!g->said_done || command_runs(g)))
		guest_end(g, OUT_TIMEOUT, "timeout", NULL, "not finished after %d s",
			timeout);
}

static void check_progress(struct guest *g, double t)
{
	const unsigned long long seen = g->stream_bytes + atomic_load(&g->io);
	const int stall = g->cfg->stall;

	if (seen != g->seen || command_runs(g)) {
		g->seen = seen;
		g->seen_at = t;
	}
	if (stall && !g->said_done && t - g->seen_at >= stall)
		guest_end(g, OUT_STALLED, "stall", NULL, "no sign of progress for %d s",
			stall);
}

static void check_clocks(struct guest *g)
{
	const double t = clock_seconds();

	if (g->started > 0)
		check_timeout(g, t);
	if (g->stopped)
		return;
	if (g->said_done && t >= g->grace_end)
		g->lingers = 1;
	/* Where it has no device to tell of it, it would stand there for ever. */
	if (g->panic.why && g->panic_end == 0)
		g->panic_end = t + LAST_LINES;
	if (!g->said_done && g->panic_end > 0 && t >= g->panic_end)
		lifecycle_panicked(g);
	check_progress(g, t);
}

/* --- from the decision to the end --- */

static void destroy(struct guest *g)
{
	if (virDomainDestroy(g->dom) == 0)
		return;
	if (virGetLastErrorCode() != VIR_ERR_OPERATION_INVALID &&
		virGetLastErrorCode() != VIR_ERR_NO_DOMAIN)
		diag("destroy: %s", virt_why());
	g->stopped = 1;
	g->drain_end = clock_seconds() + DRAIN;
}

static int wants_shot(const struct guest *g)
{
	return g->cfg->shot.fd >= 0 && g->ended && g->end.outcome != OUT_FINISHED &&
	       g->end.outcome != OUT_INTERRUPTED && !g->stopped;
}

static void picture_and_destroy(struct guest *g)
{
	if (wants_shot(g) && g->shot_end == 0 && shot_start(g) == 0)
		g->shot_end = clock_seconds() + SHOT;
	if (g->shot_end > 0 && !atomic_load(&g->shot_done) &&
		clock_seconds() < g->shot_end)
		return;
	destroy(g);
}

/* Whether a guest that has gone had come to where it was to come. */
static int arrived(const struct guest *g)
{
	return g->cfg->until ? g->step_came : g->said_done || !g->cfg->nonce;
}

/* A guest that ended by itself, or lingered: was that what was wanted? */
static void judge(struct guest *g)
{
	if (g->panic.why && !g->said_done)
		lifecycle_panicked(g);
	else if (!arrived(g) && g->said_done)
		guest_end(g, OUT_NO_WORD, "no-step", NULL,
			"the guest was done before it came to step %s", g->cfg->step);
	else if (!arrived(g))
		guest_end(g, OUT_NO_WORD, "power-off", NULL,
			"the guest ended without a word (power off, restart or panic)");
	else if (command_runs(g))
		return; /* it has the last word */
	else if (g->lingers)
		guest_end(g, OUT_FINISHED, "lingered", NULL,
			"finished, but had to be ended after %d s", g->cfg->grace);
	else
		guest_end(g, OUT_FINISHED, NULL, NULL, "finished");
}

static void go_on(struct guest *g)
{
	if (g->lost)
		guest_end(g, OUT_DAEMON, "daemon", g->cfg->uri,
			"the hypervisor's daemon is gone");
	else if (g->paused_at > 0 && !g->stopped)
		lifecycle_paused(g);
	check_clocks(g);
	if (!g->lost && !g->stopped) {
		if (g->ended)
			command_stop(g);
		if (g->ended || g->lingers)
			picture_and_destroy(g);
		return;
	}
	if (!g->lost && ports_open_count(g) > 0 && clock_seconds() < g->drain_end)
		return;
	judge(g);
	if (g->ended)
		command_stop(g);
	g->over = g->ended && !command_runs(g);
}

static void on_tick(int timer, void *opaque)
{
	(void)timer;
	go_on(opaque);
}

/* --- the start --- */

/* Where libvirt lacks its schemas the domain is taken unchecked. */
static virDomainPtr create(struct guest *g)
{
	const unsigned flags = VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_AUTODESTROY;
	virDomainPtr dom = virDomainCreateXML(
		g->conn, g->cfg->xml, flags | VIR_DOMAIN_START_VALIDATE);

	if (!dom && virGetLastErrorDomain() != VIR_FROM_QEMU &&
		virGetLastErrorCode() == VIR_ERR_INTERNAL_ERROR)
		dom = virDomainCreateXML(g->conn, g->cfg->xml, flags);
	return dom;
}

static int not_started(struct guest *g, const char *what)
{
	guest_end(g, OUT_NOT_STARTED, what, NULL, "%s: %s", what, virt_why());
	return -1;
}

static int start(struct guest *g)
{
	_cleanup_(ttys_release) struct ttys held = { .count = 0 };
	int signal;

	if (lifecycle_watch(g) < 0)
		return -1;
	if (hypervisor_is_own(g->cfg->uri))
		ttys_hold(&held);
	if (g->cfg->restore) {
		snprintf(g->uuid, sizeof(g->uuid), "%s", g->cfg->uuid);
		g->dom = restore_guest(g);
	} else {
		g->dom = create(g);
	}
	if (!g->dom && (signal = captive_signal(&g->captive)) != 0)
		interrupted(g, signal);
	if (!g->dom || virDomainGetUUIDString(g->dom, g->uuid) < 0)
		return not_started(g, "start");
	if (ports_open(g) < 0)
		return -1;
	g->started = g->seen_at = clock_seconds();
	if (watch_start(g) < 0)
		return not_started(g, "thread");
	if (virDomainResume(g->dom) < 0)
		return not_started(g, "resume");
	return 0;
}

static int connect(struct guest *g)
{
	struct run_config *cfg = g->cfg;
	int r;

	if (!sockets_fit(cfg->uri, cfg->user, cfg->xml)) {
		guest_end(g, OUT_NOT_STARTED, "socket-path", cfg->uri,
			"%s: the paths of its sockets would be too long", cfg->uri);
		return -1;
	}
	g->conn = virt_open(cfg->uri, cfg->user);
	if (!g->conn) {
		guest_end(g, OUT_NOT_STARTED, "connection", cfg->uri,
			"no connection to %s", cfg->uri);
		return -1;
	}
	/* the change of user is behind us: see parent.h */
	if (cfg->parent && end_with(cfg->parent) < 0) {
		guest_end(g, OUT_INTERRUPTED, "parent", NULL,
			"--parent-exit: the parent has gone");
		g->end.signal = SIGTERM;
		return -1;
	}
	r = result_prepare(cfg->result);
	if (r < 0) {
		guest_end(g, OUT_NOT_STARTED, "output", cfg->result, "%s: write: %s",
			cfg->result, strerror(-r));
		cfg->result = NULL;
	}
	return r;
}

static int usable(struct guest *g)
{
	_cleanup_free_ char *why = NULL, *object = NULL;
	int r = 0;

	if (hypervisor_is_own(g->cfg->uri))
		r = check_files(g->cfg->file, g->cfg->xml, &why, &object);
	if (r < 0)
		guest_end(g, OUT_NOT_STARTED, "file", object ? object : g->cfg->file,
			"%s", why ? why : strerror(-r));
	return r;
}

static int prepare(struct guest *g)
{
	int r = captive_hold(&g->captive);

	if (r == 0 &&
		(virEventRegisterDefaultImpl() < 0 ||
			virEventAddHandle(g->captive.signals, VIR_EVENT_HANDLE_READABLE,
				on_signal, g, NULL) < 0 ||
			virEventAddTimeout(TICK_MS, on_tick, g, NULL) < 0))
		r = -EIO;
	if (r < 0) {
		guest_end(g, OUT_NOT_STARTED, "events", NULL, "event loop: %s",
			strerror(-r));
		return -1;
	}
	return 0;
}

/* --- the end --- */

/* The daemon died and its QEMU did not: the next daemon finds it. */
static void destroy_orphan(struct guest *g)
{
	virConnectPtr c = virConnectOpen(g->cfg->uri);
	virDomainPtr d = c ? virDomainLookupByUUIDString(c, g->uuid) : NULL;

	if (!c)
		diag("%s: connect again: %s", g->cfg->uri, virt_why());
	if (d) {
		if (virDomainDestroy(d) < 0 &&
			virGetLastErrorCode() != VIR_ERR_NO_DOMAIN)
			diag("%s: destroy: %s", g->uuid, virt_why());
		virDomainFree(d);
	}
	if (c)
		virConnectClose(c);
}

static void tear_down(struct guest *g)
{
	if (g->dom && !g->stopped && !g->lost)
		virDomainDestroy(g->dom);
	watch_stop(g);
	shot_stop(g);
	ports_close(g);
	if (g->lost && *g->uuid)
		destroy_orphan(g);
	if (g->dom)
		virDomainFree(g->dom);
	if (g->conn) {
		lifecycle_leave(g);
		virConnectClose(g->conn);
	}
	captive_end(&g->captive);
}

/* --- what was written --- */

enum { OWN_SINKS = 3 };

static struct sink *sink(struct run_config *cfg, int i)
{
	struct sink *const own[OWN_SINKS] = { &cfg->records, &cfg->console,
		&cfg->shot };

	return i < OWN_SINKS ? own[i] : &cfg->channels[i - OWN_SINKS].sink;
}

static int sink_count(const struct run_config *cfg)
{
	return OWN_SINKS + cfg->channel_count;
}

static unsigned long long waiting(struct run_config *cfg)
{
	unsigned long long n = 0;

	for (int i = 0; i < sink_count(cfg); i++)
		n += sink_waits(sink(cfg, i));
	return n;
}

/* Readers have their time for the rest, but not for taking nothing. */
static void drain(struct guest *g)
{
	struct pollfd p = { .fd = g->captive.signals, .events = POLLIN };
	unsigned long long n, before = 0;
	double moved = clock_seconds();
	int signal;

	while ((n = waiting(g->cfg)) > 0 && clock_seconds() - moved < READER_RESTS) {
		if (n != before)
			moved = clock_seconds();
		before = n;
		poll(&p, 1, 50);
		if ((signal = captive_signal(&g->captive)) != 0) {
			ending_free(&g->end);
			g->ended = 0;
			interrupted(g, signal);
			return;
		}
	}
}

/* What was lost makes a failure of a guest that finished. */
static void close_sinks(struct guest *g)
{
	struct run_config *cfg = g->cfg;

	/* No picture, no file; as another user that can fail, and does no harm. */
	if (cfg->shot.fd >= 0 && cfg->shot.bytes == 0)
		unlink(cfg->shot.path);
	drain(g);
	for (int i = 0; i < sink_count(cfg); i++) {
		struct sink *s = sink(cfg, i);
		const int r = sink_close(s);

		if (r < 0 && g->end.outcome == OUT_FINISHED) {
			ending_free(&g->end);
			g->ended = 0;
			guest_end(g, OUT_FAILED, r == -ETIMEDOUT ? "reader" : "output",
				s->path, "%s: %s", s->path,
				r == -ETIMEDOUT ? "nobody reads the rest of it"
						: strerror(-r));
		}
	}
	for (int i = 0; i < cfg->channel_count; i++)
		feed_stop(&cfg->channels[i].feed);
}

static int finish(struct guest *g)
{
	int status;

	close_sinks(g);
	status = ending_status(&g->end);
	if (report_result(g) < 0 && status == 0)
		status = 1;
	captive_free(&g->captive); /* who reads the last line may be slow, too */
	if (!g->cfg->quiet)
		report_end(g);
	ending_free(&g->end);
	words_free(&g->words);
	panic_free(&g->panic);
	free(g->step);
	free(g->question);
	return status;
}

int run_nothing(const struct run_config *cfg, const char *code, const char *text)
{
	struct guest g = { .cfg = (struct run_config *)cfg, .command_status = -1 };

	guest_end(&g, OUT_NOT_STARTED, code, cfg->file, "%s", text);
	report_result(&g);
	ending_free(&g.end);
	return 1;
}

int run_guest(struct run_config *cfg)
{
	struct guest g = { .cfg = cfg, .command_watch = -1, .command_status = -1 };

	g.words = (struct words){ .nonce = cfg->nonce, .say = say, .opaque = &g };
	if (cfg->restore && restore_guard(cfg) < 0)
		guest_end(&g, OUT_NOT_STARTED, "guard", NULL,
			"no process to stand guard");
	g.over = prepare(&g) < 0 || g.ended || connect(&g) < 0 || usable(&g) < 0 ||
		 start(&g) < 0;
	while (!g.over && virEventRunDefaultImpl() == 0)
		;
	guest_end(&g, OUT_FAILED, "events", NULL, "event loop: %s", virt_why());
	tear_down(&g);
	guard_dismiss(&cfg->guard);
	return finish(&g);
}
