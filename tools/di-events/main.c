// SPDX-License-Identifier: MIT
/*
 * di-events - what happens in an installation by debian-installer, or by Ubuntu's.
 *
 * Reads its log, and debconf's traffic where there is some, of now or of then, or the
 * events that the other one reports: steps, how far they are, packages, questions,
 * errors. Changes nothing.
 */
#include "captive.h"
#include "cleanup.h"
#include "clock.h"
#include "diag.h"
#include "installer.h"
#include "opts.h"
#include "pace.h"
#include "qindex.h"
#include "show.h"
#include "source.h"
#include "subiquity.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>

enum { EX_WAITS = 3, EX_GAVE_UP = 4, EX_UNFINISHED = 5, SOURCES = 2, TICK_MS = 250 };

static struct {
	char *debconf, *output, *name, *timings, *learn, *progress, *index;
	char *installer, *nonce;
	int json, follow, pid;
} opt;

static const struct poptOption options[] = {
	{ "debconf", 'd', POPT_ARG_STRING, &opt.debconf, 0,
		"Debconf's traffic, where it is not in the log", "FILE" },
	{ "index", 'i', POPT_ARG_STRING, &opt.index, 0,
		"The release's questions, by preseed-index", "FILE" },
	{ "installer", 'I', POPT_ARG_STRING, &opt.installer, 0,
		"Whose it is: di, subiquity", "NAME" },
	{ "nonce", '\0', POPT_ARG_STRING, &opt.nonce, 0,
		"What each of subiquity's events begins with", "TEXT" },
	{ "follow", 'f', POPT_ARG_NONE, &opt.follow, 0, "Go on as the files grow",
		NULL },
	{ "pid", '\0', POPT_ARG_INT, &opt.pid, 0, "With -f: until this process ends",
		"PID" },
	{ "json", 'j', POPT_ARG_NONE, &opt.json, 0, "An object a line", NULL },
	{ "output", 'o', POPT_ARG_STRING, &opt.output, 0, "Where the records go",
		"FILE" },
	{ "progress", 'p', POPT_ARG_STRING, &opt.progress, 0,
		"Show a person on stderr how far it is: auto, bar, lines", "HOW" },
	{ "name", 'n', POPT_ARG_STRING, &opt.name, 0, "What that begins with", "TEXT" },
	{ "timings", 't', POPT_ARG_STRING, &opt.timings, 0,
		"How long the steps took before", "FILE" },
	{ "learn", 'l', POPT_ARG_STRING, &opt.learn, 0,
		"Write there how long they took, when it is done", "FILE" },
	OPTS_COMMON
};

static volatile sig_atomic_t told_to_stop;

static void on_signal(int sig)
{
	told_to_stop = sig;
}

struct run {
	struct source source[SOURCES];
	size_t sources;
	struct installer installer;
	bool ubuntu; /* it is the other one's */
	struct subiquity subiquity;
	struct qindex index;
	struct pace pace;
	struct bar bar;
	FILE *records; /* NULL: none wanted */
	bool shown;    /* to a person */
	int pidfd;
	const char *const *command; /* NULL: none */
	struct captive captive;
	int status; /* COMMAND's, once it has ended */
};

static void on_event(void *opaque, const struct event *e)
{
	struct run *r = opaque;

	pace_event(&r->pace, e);
	if (r->records)
		(opt.json ? show_json : show_text)(r->records, e);
	if (r->shown)
		bar_event(&r->bar, &r->pace, e);
}

/* --- whose it is --- */

static void take(struct run *r, const char *line)
{
	if (r->ubuntu)
		subiquity_line(&r->subiquity, line);
	else
		installer_line(&r->installer, line);
}

static double reached(const struct run *r)
{
	return r->ubuntu ? r->subiquity.t : r->installer.t;
}

static bool is_done(const struct run *r)
{
	return r->ubuntu ? r->subiquity.done : r->installer.done;
}

/* Somebody would have to press a key, and then be in a shell. */
static bool is_stuck(const struct run *r)
{
	return r->ubuntu && r->subiquity.waits;
}

/* --- reading --- */

/* 1: something was read, 0: nothing, or a negative errno after a message. */
static int drain(struct run *r, bool all)
{
	int came = 0;

	for (size_t i = 0; i < r->sources; i++) {
		const int n = source_read(&r->source[i]);

		if (n < 0) {
			diag_errno(-n, "%s: read", r->source[i].path);
			return n;
		}
		came |= n;
	}
	for (char *s; (s = source_next(r->source, r->sources, all));)
		take(r, s);
	return came;
}

/*
 * All there is. Until a file's end has been seen its lines are waited for, so that
 * the two come in their order.
 */
static int read_all(struct run *r)
{
	int n;

	while ((n = drain(r, true)) > 0)
		;
	while (n == 0) {
		bool more = false;

		for (size_t i = 0; i < r->sources; i++) {
			const int k = source_read(&r->source[i]);

			if (k < 0)
				return drain(r, false);
			more |= k > 0;
		}
		for (char *s; (s = source_next(r->source, r->sources, false));)
			take(r, s);
		if (!more)
			break;
	}
	return n;
}

/* A log that COMMAND is still to make. */
static int open_late(struct run *r)
{
	for (size_t i = 0; r->command && i < r->sources; i++) {
		const int n = r->source[i].fd < 0
				      ? source_open(&r->source[i], r->source[i].path)
				      : 0;

		if (n < 0 && n != -ENOENT) {
			diag_errno(-n, "%s: open", r->source[i].path);
			return n;
		}
	}
	return 0;
}

/* Whoever writes the files has ended; waits a little for it. */
static bool writer_gone(struct run *r)
{
	struct pollfd p[] = { { .fd = r->pidfd, .events = POLLIN },
		{ .fd = -1, .events = POLLIN } };
	int n;

	if (r->command) {
		p[0].fd = r->captive.pidfd;
		p[1].fd = r->captive.signals;
	}
	n = poll(p, 2, TICK_MS);
	if (!r->command)
		return n > 0;
	if (n > 0)
		captive_signal(&r->captive);
	r->status = captive_ended(&r->captive);
	return r->status != -EAGAIN;
}

static int follow(struct run *r)
{
	double heard_at = clock_seconds(), t = 0;
	bool last = false;
	int n;

	for (;;) {
		n = open_late(r);
		if (n == 0)
			n = drain(r, false);
		if (n < 0)
			return n;
		if (r->records)
			fflush(r->records);
		if (reached(r) > t || n > 0) {
			t = reached(r);
			heard_at = clock_seconds();
		}
		pace_time(&r->pace, t + (clock_seconds() - heard_at));
		if (r->shown)
			bar_draw(&r->bar, &r->pace);
		if (last && n == 0)
			return 0;
		last = last || told_to_stop || is_stuck(r) || writer_gone(r);
	}
}

static int outcome(const struct run *r)
{
	if (is_stuck(r) || (!r->ubuntu && r->installer.waiting && !r->installer.failed))
		return EX_WAITS;
	if (r->ubuntu ? r->subiquity.failed : r->installer.failed != NULL)
		return EX_GAVE_UP;
	return is_done(r) ? EX_DONE : EX_UNFINISHED;
}

static int go(struct run *r)
{
	int n = opt.follow ? follow(r) : read_all(r);

	for (size_t i = 0; i < r->sources; i++)
		source_end(&r->source[i]);
	for (char *s; (s = source_next(r->source, r->sources, false));)
		take(r, s);
	if (n == 0 && !r->ubuntu)
		installer_end(&r->installer);
	if (r->shown)
		bar_end(&r->bar);
	if (n < 0)
		return EX_FAILED;
	if (opt.learn && is_done(r) &&
		(n = pace_write(&r->pace, opt.learn)) < 0) {
		diag_errno(-n, "%s: write", opt.learn);
		return EX_FAILED;
	}
	return outcome(r);
}

/* --- set-up --- */

/* One that can go back to the beginning of its line, and wipe what stands there. */
static bool redraws(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

static int choose_progress(struct run *r)
{
	const char *how = opt.progress;

	if (!how)
		return OPTS_GO;
	r->shown = true;
	r->bar = (struct bar){ .f = stderr, .name = opt.name };
	if (strcmp(how, "bar") == 0)
		r->bar.redraws = true;
	else if (strcmp(how, "auto") == 0)
		r->bar.redraws = redraws();
	else if (strcmp(how, "lines") != 0)
		return opts_error("--progress: %s: not auto, bar or lines", how);
	return OPTS_GO;
}

static int choose_installer(struct run *r)
{
	const char *name = opt.installer ? opt.installer : "di";

	r->ubuntu = strcmp(name, "subiquity") == 0;
	if (!r->ubuntu && strcmp(name, "di") != 0)
		return opts_error("--installer: %s: not di or subiquity", name);
	if (r->ubuntu && (opt.debconf || opt.index))
		return opts_error("--%s: subiquity has no debconf",
			opt.debconf ? "debconf" : "index");
	if (opt.nonce && !r->ubuntu)
		return opts_error("--nonce goes with --installer=subiquity");
	return OPTS_GO;
}

static int configure(struct run *r, const char *log)
{
	int n;

	if (r->command && !*r->command)
		return opts_error("--: a command is missing");
	if (r->command && (!opt.follow || opt.pid))
		return opts_error(opt.pid ? "--pid: not with a command"
					  : "a command goes with --follow");
	if (r->command && strcmp(log, "-") == 0)
		return opts_error("LOG: missing: standard input is the command's");
	if (opt.pid && !opt.follow)
		return opts_error("--pid goes with --follow");
	if (opt.pid < 0)
		return opts_error("--pid: not a process");
	n = choose_installer(r);
	if (n == OPTS_GO)
		n = choose_progress(r);
	if (n != OPTS_GO)
		return n;
	r->installer.tell = r->subiquity.tell = on_event;
	r->installer.opaque = r->subiquity.opaque = r;
	r->subiquity.nonce = opt.nonce;
	pace_init(&r->pace);
	/* That nothing was learnt yet is no error; what cannot be read is no loss. */
	if (opt.timings && (n = pace_read(&r->pace, opt.timings)) < 0 && n != -ENOENT)
		diag("%s: not times of steps: not used", opt.timings);
	/* what is learnt elsewhere was learnt of another */
	r->pace.others =
		opt.timings && opt.learn && strcmp(opt.timings, opt.learn) != 0;
	/* Without it there are fewer words, and that is all. */
	if (opt.index && (n = qindex_open(&r->index, opt.index)) < 0)
		diag("%s: %s: not used", opt.index,
			n == -EBADMSG ? "no index of questions" : strerror(-n));
	else if (opt.index)
		r->installer.debconf.index = &r->index;
	return OPTS_GO;
}

static int open_files(struct run *r, const char *log)
{
	const char *const paths[SOURCES] = { log, opt.debconf };

	for (size_t i = 0; i < SOURCES && paths[i]; i++) {
		const int n = source_open(&r->source[i], paths[i]);

		if (n < 0 && !(r->command && n == -ENOENT)) {
			diag_errno(-n, "%s: open", paths[i]);
			return n;
		}
		r->sources++;
	}
	if (opt.output && strcmp(opt.output, "-") != 0)
		r->records = fopen(opt.output, "we");
	else if (opt.output || !opt.progress)
		r->records = stdout;
	if (opt.output && !r->records) {
		diag_errno(errno, "%s: open", opt.output);
		return -EIO;
	}
	/* A process that has gone already is what is waited for, not an error. */
	if (opt.pid)
		r->pidfd = pidfd_open(opt.pid, 0);
	if (opt.pid && r->pidfd < 0 && errno == ESRCH)
		told_to_stop = 1;
	return 0;
}

static int close_files(struct run *r)
{
	int bad = 0;

	for (size_t i = 0; i < r->sources; i++)
		source_close(&r->source[i]);
	if (r->pidfd >= 0)
		close(r->pidfd);
	if (r->records && r->records != stdout) {
		bad = ferror(r->records);
		bad |= fclose(r->records);
		if (bad)
			diag("%s: write: something was lost", opt.output);
	}
	return bad || flush_stdout() < 0 ? -EIO : 0;
}

/* COMMAND has its end with this one's, whatever that is; the files are read to theirs. */
static int run_captive(struct run *r, const char *log)
{
	int n = captive_hold(&r->captive);

	if (n < 0) {
		diag_errno(-n, "signals");
		return CAPTIVE_FAILED;
	}
	if (open_files(r, log) < 0)
		return CAPTIVE_FAILED;
	r->status = -EAGAIN;
	n = captive_start(&r->captive, r->command, NULL);
	if (n < 0) {
		diag_errno(-n, "%s", r->command[0]);
		return captive_status(n);
	}
	n = go(r);
	captive_end(&r->captive);
	/* it would never have ended */
	if (n == EX_WAITS && is_stuck(r) && r->status < 0)
		return EX_WAITS;
	return n == EX_FAILED || r->status < 0 ? CAPTIVE_FAILED : r->status;
}

static int run_alone(struct run *r, const char *log)
{
	struct sigaction stop = { .sa_handler = on_signal };

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	return open_files(r, log) < 0 ? EX_FAILED : go(r);
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	struct run run = { .pidfd = -1, .command = opts_command(&argc, argv) };
	const char **args, *log = NULL;
	int r;

	r = opts_parse(&ctx, argc, argv, options, "[LOG] [-- COMMAND...]", 0, 1, &args);
	if (r == OPTS_GO) {
		log = args && args[0] ? args[0] : "-";
		r = configure(&run, log);
	}
	if (r == OPTS_GO) {
		r = run.command ? run_captive(&run, log) : run_alone(&run, log);
		if (close_files(&run) < 0)
			r = run.command ? CAPTIVE_FAILED : EX_FAILED;
		if (run.command)
			captive_free(&run.captive);
	}
	installer_free(&run.installer);
	subiquity_free(&run.subiquity);
	qindex_close(&run.index);
	pace_free(&run.pace);
	return r;
}
