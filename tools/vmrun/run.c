#include "guest.h"
#include "cleanup.h"
#include "diag.h"
#include "parent.h"
#include "signals.h"
#include "sockets.h"
#include "virt.h"

#include <libvirt/virterror.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>

enum { TICK_MS = 250, DRAIN = 5, SHOT = 10, UNEXPLAINED = 5, LAST_LINES = 3 };

double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void guest_end(struct guest *g, int outcome, const char *fmt, ...)
{
	va_list ap;

	if (g->outcome >= 0)
		return;
	g->outcome = outcome;
	va_start(ap, fmt);
	if (vasprintf(&g->text, fmt, ap) < 0)
		g->text = NULL;
	va_end(ap);
}

static void panicked(struct guest *g)
{
	guest_end(g, RUN_NO_WORD, "the guest's kernel panicked%s%s",
		g->panic.why ? ": " : "", g->panic.why ? g->panic.why : "");
}

/* --- the guest's words --- */

static void record(
	const struct guest *g, const char *kind, const char *key, const char *text)
{
	printf("%.1f\t%s\t", now() - g->started, kind);
	if (key) {
		fput_visible(key, stdout);
		putchar('\t');
	}
	fput_visible(text, stdout);
	putchar('\n');
	fflush(stdout);
}

static void remember(char **slot, const char *text)
{
	free(*slot);
	*slot = strdup(text);
}

static void say(void *opaque, enum word w, const char *key, const char *text)
{
	static const char *const kinds[] = { [WORD_STEP] = "step",
		[WORD_DATA] = "data",
		[WORD_DONE] = "done",
		[WORD_FAILED] = "failed",
		[WORD_ASKS] = "asks" };
	struct guest *g = opaque;

	record(g, kinds[w], key, text);
	if (w == WORD_STEP)
		remember(&g->step, text);
	if (w == WORD_DONE && !g->said_done) {
		g->said_done = 1;
		g->grace_end = now() + g->cfg->grace;
	}
	if (w == WORD_FAILED) {
		g->said_failed = 1;
		remember(&g->reason, text);
		guest_end(g, RUN_FAILED, "the guest says: %s", text);
	}
	if (w == WORD_ASKS)
		guest_end(g, RUN_ASKED, "the guest waits for an answer: %s", text);
}

/* --- what libvirt tells --- */

static int ours(const struct guest *g, virDomainPtr dom)
{
	char uuid[VIR_UUID_STRING_BUFLEN];

	return *g->uuid && virDomainGetUUIDString(dom, uuid) == 0 &&
	       strcmp(uuid, g->uuid) == 0;
}

static void stopped(struct guest *g, int detail)
{
	g->stopped = 1;
	g->drain_end = now() + DRAIN;
	/* The last words may still be on their way, so it is judged later. */
	if (detail == VIR_DOMAIN_EVENT_STOPPED_CRASHED)
		guest_end(g, RUN_NO_WORD, "the guest crashed");
	else if (detail != VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN)
		guest_end(g, RUN_NO_WORD,
			"the guest was ended from outside (reason %d)", detail);
}

/*
 * A pause that somebody asked for (a snapshot) ends by itself. While one is made
 * libvirt may not say so at once, so a pause without a reason is looked at again.
 */
static void paused(struct guest *g)
{
	int state, reason;

	if (virDomainGetState(g->dom, &state, &reason, 0) < 0 ||
		state != VIR_DOMAIN_PAUSED) {
		g->paused_at = 0;
		return;
	}
	switch (reason) {
	case VIR_DOMAIN_PAUSED_UNKNOWN:
		if (g->paused_at == 0)
			g->paused_at = now();
		if (now() < g->paused_at + UNEXPLAINED)
			return;
		break;
	case VIR_DOMAIN_PAUSED_USER:
	case VIR_DOMAIN_PAUSED_SAVE:
	case VIR_DOMAIN_PAUSED_DUMP:
	case VIR_DOMAIN_PAUSED_SNAPSHOT:
	case VIR_DOMAIN_PAUSED_MIGRATION:
		return;
	case VIR_DOMAIN_PAUSED_IOERROR:
		guest_end(g, RUN_FAILED, "a disk of the guest failed on the host");
		return;
	default:
		break;
	}
	guest_end(g, RUN_FAILED,
		"the hypervisor could not run the guest any further (paused, reason "
		"%d)",
		reason);
}

static int on_lifecycle(
	virConnectPtr c, virDomainPtr dom, int event, int detail, void *opaque)
{
	struct guest *g = opaque;

	(void)c;
	if (!ours(g, dom))
		return 0;
	if (event == VIR_DOMAIN_EVENT_STOPPED)
		stopped(g, detail);
	else if (event == VIR_DOMAIN_EVENT_SUSPENDED && g->started > 0)
		paused(g);
	else if (event == VIR_DOMAIN_EVENT_CRASHED)
		panicked(g);
	return 0;
}

static int on_reboot(virConnectPtr c, virDomainPtr dom, void *opaque)
{
	struct guest *g = opaque;

	(void)c;
	if (!ours(g, dom) || g->said_done || !g->cfg->nonce)
		return 0;
	if (g->panic.why)
		panicked(g);
	else
		guest_end(g, RUN_NO_WORD, "the guest restarted itself");
	return 0;
}

static void on_io_error(virConnectPtr c, virDomainPtr dom, const char *path,
	const char *alias, int action, const char *why, void *opaque)
{
	struct guest *g = opaque;

	(void)c;
	(void)alias;
	(void)action;
	if (ours(g, dom))
		guest_end(g, RUN_FAILED, "%s: a write on the host failed%s%s", path,
			*why ? ": " : "", why);
}

static void on_close(virConnectPtr c, int reason, void *opaque)
{
	struct guest *g = opaque;

	(void)c;
	(void)reason;
	g->lost = 1;
}

static void on_signal(int watch, int fd, int events, void *opaque)
{
	struct signalfd_siginfo si;
	struct guest *g = opaque;

	(void)watch;
	(void)events;
	while (read(fd, &si, sizeof(si)) == sizeof(si))
		guest_end(g, 128 + (int)si.ssi_signo, "interrupted by signal %u",
			si.ssi_signo);
}

/* --- the clocks --- */

static void check_clocks(struct guest *g)
{
	const struct run_config *cfg = g->cfg;
	unsigned long long seen = g->stream_bytes + atomic_load(&g->io);
	double t = now();

	if (seen != g->seen) {
		g->seen = seen;
		g->seen_at = t;
	}
	if (g->said_done) {
		if (t >= g->grace_end)
			guest_end(g, RUN_DONE,
				"finished, but had to be ended after %d s", cfg->grace);
		return;
	}
	/* Where it has no device to tell of it, it would stand there for ever. */
	if (g->panic.why && g->panic_end == 0)
		g->panic_end = t + LAST_LINES;
	if (g->panic_end > 0 && t >= g->panic_end)
		panicked(g);
	if (cfg->timeout && t - g->started >= cfg->timeout)
		guest_end(g, RUN_TIMEOUT, "not finished after %d s", cfg->timeout);
	else if (cfg->stall && t - g->seen_at >= cfg->stall)
		guest_end(g, RUN_STALLED, "no sign of progress for %d s", cfg->stall);
}

/* A guest that ended by itself: was that what was wanted? */
static void judge(struct guest *g)
{
	if (g->panic.why && !g->said_done)
		panicked(g);
	else if (g->said_done || !g->cfg->nonce)
		guest_end(g, RUN_DONE, "finished");
	else
		guest_end(g, RUN_NO_WORD,
			"the guest ended without a word (power off, restart or panic)");
}

static void destroy(struct guest *g)
{
	if (virDomainDestroy(g->dom) == 0)
		return;
	if (virGetLastErrorCode() != VIR_ERR_OPERATION_INVALID &&
		virGetLastErrorCode() != VIR_ERR_NO_DOMAIN)
		diag("destroy: %s", virt_why());
	g->stopped = 1;
	g->drain_end = now() + DRAIN;
}

static int wants_shot(const struct guest *g)
{
	return g->cfg->shot.fd >= 0 && g->outcome > 0 && g->outcome < 128 &&
	       g->outcome != RUN_LOST && !g->stopped;
}

/* From the decision to the end: picture, destruction, the streams' rests. */
static void go_on(struct guest *g)
{
	if (g->lost) {
		guest_end(g, RUN_LOST, "the hypervisor's daemon is gone");
		g->over = 1;
		return;
	}
	if (g->stopped) {
		if (ports_open_count(g) == 0 || now() >= g->drain_end) {
			judge(g);
			g->over = 1;
		}
		return;
	}
	if (g->paused_at > 0)
		paused(g);
	check_clocks(g);
	if (g->outcome < 0)
		return;
	if (wants_shot(g) && g->shot_end == 0 && shot_start(g) == 0)
		g->shot_end = now() + SHOT;
	if (g->shot_end > 0 && !atomic_load(&g->shot_done) && now() < g->shot_end)
		return;
	destroy(g);
}

static void on_tick(int timer, void *opaque)
{
	(void)timer;
	go_on(opaque);
}

/* --- start and end --- */

static int events(struct guest *g)
{
	virConnectPtr c = g->conn;

	if (virConnectDomainEventRegisterAny(c, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
		    VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle), g, NULL) < 0 ||
		virConnectDomainEventRegisterAny(c, NULL, VIR_DOMAIN_EVENT_ID_REBOOT,
			VIR_DOMAIN_EVENT_CALLBACK(on_reboot), g, NULL) < 0 ||
		virConnectDomainEventRegisterAny(c, NULL,
			VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON,
			VIR_DOMAIN_EVENT_CALLBACK(on_io_error), g, NULL) < 0 ||
		virConnectRegisterCloseCallback(c, on_close, g, NULL) < 0) {
		guest_end(g, RUN_FAILED, "events: %s", virt_why());
		return -1;
	}
	/* Remote daemons can vanish without a word; a local socket closes. */
	if (!virt_is_session(g->cfg->uri))
		virConnectSetKeepAlive(c, 10, 6);
	return 0;
}

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

static int start(struct guest *g, int sig)
{
	_cleanup_(ttys_release) struct ttys held = { .count = 0 };

	if (events(g) < 0)
		return -1;
	if (virt_is_session(g->cfg->uri))
		ttys_hold(&held);
	if (g->cfg->restore) {
		snprintf(g->uuid, sizeof(g->uuid), "%s", g->cfg->uuid);
		g->dom = restore_guest(g, sig);
	} else {
		g->dom = create(g);
	}
	if (!g->dom || virDomainGetUUIDString(g->dom, g->uuid) < 0) {
		guest_end(g, RUN_FAILED, "%s: start: %s", g->cfg->file, virt_why());
		return -1;
	}
	if (ports_open(g) < 0)
		return -1;
	g->started = g->seen_at = now();
	if (watch_start(g) < 0) {
		guest_end(g, RUN_FAILED, "no thread to watch it");
		return -1;
	}
	if (virDomainResume(g->dom) < 0) {
		guest_end(g, RUN_FAILED, "resume: %s", virt_why());
		return -1;
	}
	return 0;
}

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
	atomic_store(&g->stats_stop, 1);
	watch_stop(g);
	shot_stop(g);
	ports_close(g);
	if (g->lost && *g->uuid)
		destroy_orphan(g);
	if (g->dom)
		virDomainFree(g->dom);
	if (g->conn) {
		virConnectUnregisterCloseCallback(g->conn, on_close);
		virConnectClose(g->conn);
	}
	words_free(&g->words);
	panic_free(&g->panic);
}

/* The last line: what happened, when, where. */
static void report(const struct guest *g)
{
	const double t = g->started > 0 ? now() - g->started : 0;

	if (g->words.ignored)
		diag("%lu lines without the nonce were ignored", g->words.ignored);
	diag("%s: %s (after %.1f s%s%s)", g->cfg->file, g->text ? g->text : "?", t,
		g->step ? ", last step: " : "", g->step ? g->step : "");
}

static int block_signals(void)
{
	sigset_t set;

	signals_to_end(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int run(struct run_config *cfg)
{
	struct guest g = { .cfg = cfg, .outcome = -1 };
	_cleanup_close_ int sig = block_signals();

	g.words = (struct words){ .nonce = cfg->nonce, .say = say, .opaque = &g };
	if (sig < 0 || virEventRegisterDefaultImpl() < 0 ||
		virEventAddHandle(sig, VIR_EVENT_HANDLE_READABLE, on_signal, &g, NULL) <
			0 ||
		virEventAddTimeout(TICK_MS, on_tick, &g, NULL) < 0) {
		diag("event loop: %s", virt_why());
		return RUN_FAILED;
	}
	if (!sockets_fit(cfg->uri, cfg->user, cfg->xml))
		return RUN_FAILED;
	g.conn = virt_open(cfg->uri, cfg->user);
	if (!g.conn)
		return RUN_FAILED;
	/* the change of user is behind us: see parent.h */
	if (cfg->parent && end_with(cfg->parent) < 0) {
		diag("--parent-exit: the parent has gone");
		virConnectClose(g.conn);
		return 128 + SIGTERM;
	}
	if (virt_is_session(cfg->uri) && check_files(cfg->file, cfg->xml) < 0) {
		virConnectClose(g.conn);
		return RUN_FAILED;
	}
	if (start(&g, sig) < 0)
		g.over = 1;
	while (!g.over && virEventRunDefaultImpl() == 0)
		;
	tear_down(&g);
	report(&g);
	free(g.text);
	free(g.step);
	free(g.reason);
	return g.outcome < 0 ? RUN_FAILED : g.outcome;
}

int run_guest(struct run_config *cfg)
{
	int r;

	if (cfg->restore && restore_guard(cfg) < 0) {
		diag("no process to stand guard");
		return RUN_FAILED;
	}
	r = run(cfg);
	guard_dismiss(&cfg->guard);
	return r;
}
