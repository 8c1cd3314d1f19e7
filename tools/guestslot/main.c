// SPDX-License-Identifier: MIT
/*
 * guestslot - waits until the host has room for one more guest, and runs a command in
 * that room.
 *
 * Memory is counted as it was promised: a guest takes it bit by bit, and by then it is
 * too late. And more guests than keep the processors at work only take them from each
 * other: under emulation, ten at once on two take twice as long as three at a time.
 */
#include "captive.h"
#include "cleanup.h"
#include "diag.h"
#include "opts.h"
#include "queue.h"
#include "slurp.h"

#include <poll.h>
#include <sched.h>
#include <string.h>

enum { LOOK_MS = 500, BUSY_MS = 20 };

static struct {
	char *dir, *name, *guests, *total, *memory;
} opt;

static const struct poptOption options[] = {
	{ "dir", 'd', POPT_ARG_STRING, &opt.dir, 0,
		"Where the guests of this host are written down", "DIR" },
	{ "memory", 'm', POPT_ARG_STRING, &opt.memory, 0, "What the guest is promised",
		"MIB" },
	{ "guests", 'g', POPT_ARG_STRING, &opt.guests, 0,
		"How many may be at work (three for two processors)", "N" },
	{ "total", 't', POPT_ARG_STRING, &opt.total, 0,
		"What all together may be promised (three quarters of the host's)",
		"SIZE" },
	{ "name", 'n', POPT_ARG_STRING, &opt.name, 0, "Whose guest it is, for messages",
		"NAME" },
	OPTS_COMMON
};

struct wish {
	const char *name;
	unsigned long long mib, total; /* in MiB */
	unsigned guests;
};

/* --- the host --- */

/* A line of /proc/meminfo, in MiB; 0 if it is not there. */
static unsigned long long meminfo(const char *key)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	const char *at;

	if (slurp_file("/proc/meminfo", 1 << 16, &text, &len) < 0)
		return 0;
	at = strstr(text, key);
	return at ? strtoull(at + strlen(key), NULL, 10) / 1024 : 0;
}

static unsigned processors(void)
{
	cpu_set_t set;
	long all;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (unsigned)CPU_COUNT(&set);
	all = sysconf(_SC_NPROCESSORS_ONLN); /* more than fit into such a set */
	return all > 0 ? (unsigned)all : 1;
}

/* --- what was asked for --- */

static int number(const char *text, unsigned long long most, unsigned long long *value)
{
	if (!*text || strlen(text) > 18 || strspn(text, "0123456789") != strlen(text))
		return -1;
	*value = strtoull(text, NULL, 10);
	return *value > 0 && *value <= most ? 0 : -1;
}

/* 4G, 512M, bytes without a letter. */
static int size_in_mib(const char *text, unsigned long long *mib)
{
	static const char letters[] = "KMGT";
	const size_t digits = strspn(text, "0123456789");
	const char *letter = text[digits] ? strchr(letters, text[digits]) : NULL;
	_cleanup_free_ char *head = strndup(text, digits);
	unsigned long long n;

	if (!head || (text[digits] && (!letter || text[digits + 1])) ||
		number(head, 1ULL << 40, &n) < 0)
		return -1;
	*mib = (letter ? n << (10 * (letter - letters + 1)) : n) >> 20;
	return *mib > 0 ? 0 : -1;
}

/* An option's value, or that of its variable; *from is how it was said. */
static const char *said(const char *option, const char *variable, const char **from)
{
	const char *value = getenv(variable);

	if (option || !value || !*value)
		return option;
	*from = variable;
	return value;
}

static int configure(struct wish *w)
{
	const char *guests_from = "--guests", *total_from = "--total";
	const char *guests = said(opt.guests, "GUESTS", &guests_from);
	const char *total = said(opt.total, "GUESTS_MEMORY", &total_from);
	unsigned long long n = (processors() * 3 + 1) / 2;

	if (!opt.dir)
		return opts_error("--dir: missing");
	if (!opt.memory)
		return opts_error("--memory: missing");
	if (number(opt.memory, 1ULL << 30, &w->mib) < 0)
		return opts_error(
			"--memory: %s: is no number of MiB, such as 1024", opt.memory);
	if (guests && number(guests, 9999, &n) < 0)
		return opts_error("%s=%s: is no number of guests, such as 3",
			guests_from, guests);
	w->guests = (unsigned)n;
	w->total = meminfo("MemTotal:") / 4 * 3;
	if (total && size_in_mib(total, &w->total) < 0)
		return opts_error(
			"%s=%s: is no size, such as 4G or 512M", total_from, total);
	w->name = opt.name ? opt.name : "a guest";
	return OPTS_GO;
}

/* --- the wait --- */

enum reason { NONE, TURN, PROCESSOR, PROMISED, FREE };

static enum reason why(
	const struct wish *w, const struct others *o, unsigned long long available)
{
	if (o->ahead)
		return TURN;
	if (o->guests == 0) /* for one alone there is no better time to come */
		return NONE;
	if (o->guests >= w->guests)
		return PROCESSOR;
	if (o->mib + w->mib > w->total)
		return PROMISED;
	return available && available < w->mib ? FREE : NONE;
}

/* Each reason is told once. */
static void tell(const struct wish *w, const struct others *o, enum reason r,
	unsigned long long available)
{
	static unsigned told;

	if (told & 1U << r)
		return;
	told |= 1U << r;
	switch (r) {
	case NONE:
		break;
	case TURN:
		diag("%s: waits for its turn: %u came before", w->name, o->ahead);
		break;
	case PROCESSOR:
		diag("%s: waits for a processor: %u guest%s at work (--guests or "
		     "GUESTS= "
		     "allows more)",
			w->name, o->guests, o->guests == 1 ? " is" : "s are");
		break;
	case PROMISED:
		diag("%s: waits for memory: it wants %llu MiB, those at work have %llu "
		     "of "
		     "%llu (--total or GUESTS_MEMORY= allows more)",
			w->name, w->mib, o->mib, w->total);
		break;
	case FREE:
		diag("%s: waits for memory: it wants %llu MiB, and this host has %llu "
		     "left",
			w->name, w->mib, available);
		break;
	}
}

/* With the queue locked. 1: it may go; 0: not yet; or a negative errno. */
static int look(struct queue *q, const struct wish *w)
{
	const unsigned long long available = meminfo("MemAvailable:");
	enum reason r;
	struct others o = { 0 };
	int err = q->own < 0 ? queue_join(q, w->mib, w->name) : 0;

	if (err == 0)
		err = queue_look(q, &o);
	if (err < 0)
		return err;
	r = why(w, &o, available);
	tell(w, &o, r, available);
	if (r != NONE)
		return 0;
	err = queue_go(q);
	return err < 0 ? err : 1;
}

/* 0: there is room, which is ours; the signal that came; or a negative errno. */
static int wait_for_room(struct queue *q, const struct wish *w, struct captive *c)
{
	struct pollfd p = { .fd = c->signals, .events = POLLIN };
	int signal, r;

	for (;;) {
		r = queue_lock(q);
		if (r == 0) {
			r = look(q, w);
			queue_unlock(q);
			if (r != 0)
				return r < 0 ? r : 0;
		} else if (r != -EAGAIN) {
			return r;
		}
		poll(&p, 1, r == -EAGAIN ? BUSY_MS : LOOK_MS);
		if ((signal = captive_signal(c)) != 0)
			return signal;
	}
}

static int run(struct captive *c, const char *const command[])
{
	int r = captive_start(c, command, NULL);

	if (r < 0) {
		diag("%s: cannot be started: %s", command[0], strerror(-r));
		return captive_status(r);
	}
	r = captive_wait(c);
	return r < 0 ? CAPTIVE_FAILED : r;
}

static int wait_and_run(const struct wish *w, const char *const command[])
{
	struct queue q = { .dir = -1, .own = -1 };
	struct captive c;
	int r = captive_hold(&c), status = CAPTIVE_FAILED;

	if (r < 0) {
		diag_errno(-r, "signals");
		return status;
	}
	r = queue_open(&q, opt.dir);
	if (r == 0)
		r = wait_for_room(&q, w, &c);
	if (r < 0)
		diag_errno(-r, "%s", opt.dir);
	else if (r > 0)
		status = 128 + r;
	else {
		if (w->mib > w->total)
			diag("%s: its guest has %llu MiB, more than the %llu that "
			     "guests "
			     "are to have (--total or GUESTS_MEMORY=)",
				w->name, w->mib, w->total);
		status = run(&c, command);
	}
	queue_leave(&q);
	captive_free(&c);
	return status;
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	const char *const *command = opts_command(&argc, argv);
	struct wish w = { 0 };
	const char **args;
	int r;

	r = opts_parse(&ctx, argc, argv, options, "-- COMMAND...", 0, 0, &args);
	if (r != OPTS_GO)
		return r;
	if (!command || !*command)
		return opts_error("a command is missing: guestslot ... -- COMMAND");
	r = configure(&w);
	return r == OPTS_GO ? wait_and_run(&w, command) : r;
}
