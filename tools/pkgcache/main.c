// SPDX-License-Identifier: MIT
/*
 * pkgcache - the package cache of one build.
 *
 * Answers a guest's requests on a unix socket, for files that an archive of packages
 * has on the hosts that the command line names, from a store that the builds of a user
 * share, and from those hosts. Ends with the command that it runs.
 */
#include "captive.h"
#include "cleanup.h"
#include "diag.h"
#include "opts.h"
#include "serve.h"
#include "unixlisten.h"

#include <curl/curl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>

static struct {
	char *store, *socket, *proxy, *result, *size, *limit;
	char **hosts, **private_hosts, **sums;
	int connections, silence;
} opt = { .connections = 32, .silence = 25 };

static const struct poptOption options[] = {
	{ "store", 'd', POPT_ARG_STRING, &opt.store, 0,
		"The folder of files that builds share", "DIR" },
	{ "socket", 's', POPT_ARG_STRING, &opt.socket, 0, "Listen here", "PATH" },
	{ "host", 'H', POPT_ARG_ARGV, &opt.hosts, 0, "A source, in the public network",
		"HOST[:PORT]" },
	{ "private-host", 'P', POPT_ARG_ARGV, &opt.private_hosts, 0,
		"A source, wherever it is", "HOST[:PORT]" },
	{ "proxy", 'p', POPT_ARG_STRING, &opt.proxy, 0,
		"Ask all of them by way of this proxy", "HOST:PORT" },
	{ "limit", 'l', POPT_ARG_STRING, &opt.limit, 0,
		"End when more than this is fetched, or served", "BYTES" },
	{ "connections", 'c', POPT_ARG_INT, &opt.connections, 0,
		"As many at a time (32)", "N" },
	{ "size", 'z', POPT_ARG_STRING, &opt.size, 0,
		"The store's size, beyond which goes what was not used longest",
		"BYTES" },
	{ "sums", 'S', POPT_ARG_ARGV, &opt.sums, 0,
		"A list of packages, with their checksums", "FILE" },
	{ "silence", '\0', POPT_ARG_INT, &opt.silence, 0,
		"Give a source up that is silent for so long (25)", "SECONDS" },
	{ "result", 'r', POPT_ARG_STRING, &opt.result, 0,
		"Say there at the end what came of it", "FILE" },
	OPTS_COMMON
};

struct run {
	struct store store;
	struct sums sums;
	struct account account;
	struct source source;
	const char *socket;
	struct host *hosts;
	uint64_t limit, size;
	struct captive captive;
	struct server *server;
	bool interrupted, has_command;
};

/* --- the command line --- */

static bool bytes_parse(const char *s, uint64_t *n)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;
	unsigned long long v;

	*n = 0;
	if (!s)
		return true;
	errno = 0;
	v = strtoull(s, &end, 10);
	if (*s < '0' || *s > '9' || errno)
		return false;
	if (*end) {
		unit = strchr(units, *end >= 'a' ? *end - 'a' + 'A' : *end);
		if (!unit || end[1])
			return false;
		for (int i = 0; i <= unit - units; i++) {
			if (v > UINT64_MAX / 1024)
				return false;
			v *= 1024;
		}
	}
	*n = v;
	return true;
}

static int count(char **list)
{
	int n = 0;

	while (list && list[n])
		n++;
	return n;
}

static int add_hosts(struct run *run, char **list, bool private)
{
	for (int i = 0; list && list[i]; i++) {
		struct host *h = &run->hosts[run->source.host_count];
		struct host *other;

		if (!host_parse(list[i], strlen(list[i]), h->name))
			return opts_error("%s: %s: not of the form HOST[:PORT]",
				private ? "--private-host" : "--host", list[i]);
		h->private = private;
		other = (struct host *)source_host(&run->source, h->name);
		if (other)
			other->private |= private;
		else
			run->source.host_count++;
	}
	return OPTS_GO;
}

static int configure(struct run *run)
{
	char proxy[HOST_MAX + 1];
	int r;

	if (!opt.store)
		return opts_error("--store: missing");
	if (!opt.socket)
		return opts_error("--socket: missing");
	run->socket = opt.socket;
	if (!opt.hosts && !opt.private_hosts)
		return opts_error("--host: missing: no source could be asked");
	if (opt.connections < 1 || opt.connections > 1000)
		return opts_error(
			"--connections: %d: not of 1 to 1000", opt.connections);
	if (opt.silence < 1)
		return opts_error("--silence: %d: at least one second", opt.silence);
	if (!bytes_parse(opt.limit, &run->limit))
		return opts_error("--limit: %s: not a number of bytes", opt.limit);
	if (!bytes_parse(opt.size, &run->size))
		return opts_error(
			"--size: %s: not a number of bytes, with K, M, G or T",
			opt.size);
	if (opt.proxy && !host_parse(opt.proxy, strlen(opt.proxy), proxy))
		return opts_error("--proxy: %s: not of the form HOST:PORT", opt.proxy);
	run->hosts =
		calloc((size_t)count(opt.hosts) + (size_t)count(opt.private_hosts) + 1,
			sizeof(*run->hosts));
	if (!run->hosts)
		return EX_FAILED;
	run->source.hosts = run->hosts;
	r = add_hosts(run, opt.hosts, false);
	return r == OPTS_GO ? add_hosts(run, opt.private_hosts, true) : r;
}

/* --- getting ready --- */

static int fault(struct run *run, int r, const char *what)
{
	account_end(&run->account, OUTCOME_FAILED, "%s: %s", what, strerror(-r));
	return r;
}

static int listen_at(struct run *run, const char *path)
{
	const int fd = unix_listen(path);

	if (fd != -ENAMETOOLONG)
		return fd < 0 ? fault(run, fd, path) : fd;
	account_end(&run->account, OUTCOME_FAILED,
		"%s: %zu bytes, and a socket's path has at most %d: "
		"say a shorter one, as below XDG_RUNTIME_DIR or TMPDIR",
		path, strlen(path), UNIX_PATH_LEN);
	return fd;
}

/* A connection has its own, its file and its server's. */
static void allow_descriptors(void)
{
	const rlim_t want = 64 + 8 * (rlim_t)opt.connections;
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == 0 && rl.rlim_cur < want) {
		rl.rlim_cur = rl.rlim_max < want ? rl.rlim_max : want;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
}

static int prepare(struct run *run)
{
	int r = store_open(&run->store, opt.store);

	if (r == -EPERM) {
		account_end(&run->account, OUTCOME_FAILED,
			"%s: another user can write there: chmod go-w, or a folder of "
			"your own",
			opt.store);
		return r;
	}
	if (r < 0)
		return fault(run, r, opt.store);
	for (int i = 0; opt.sums && opt.sums[i]; i++) {
		r = sums_read(&run->sums, opt.sums[i]);
		if (r < 0)
			return fault(run, r, opt.sums[i]);
	}
	store_tidy(&run->store, run->size);
	run->source.store = &run->store;
	run->source.store_path = opt.store;
	run->source.sums = &run->sums;
	run->source.account = &run->account;
	run->source.proxy = opt.proxy;
	run->source.silence = opt.silence;
	allow_descriptors();
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return fault(run, -ENOMEM, "libcurl");
	r = listen_at(run, run->socket);
	if (r < 0)
		return r;
	run->server = serve_begin(&run->source, r, (unsigned)opt.connections);
	if (run->server)
		return 0;
	close(r);
	unlink(run->socket);
	return fault(run, -ENOMEM, "libmicrohttpd");
}

/* --- the run --- */

/* Until the command has ended, the limit is passed or, without a command, a signal. */
static int attend(struct run *run)
{
	struct captive *c = &run->captive;
	int status = -EAGAIN;

	for (;;) {
		struct pollfd p[] = { { .fd = c->signals, .events = POLLIN },
			{ .fd = run->account.event, .events = POLLIN },
			{ .fd = c->pidfd, .events = POLLIN } };

		if (poll(p, 3, -1) < 0 && errno != EINTR)
			return fault(run, -errno, "poll");
		run->interrupted |= captive_signal(c) != 0;
		if (c->pid > 0 && (status = captive_ended(c)) != -EAGAIN)
			return status;
		if (p[1].revents) {
			captive_end(c);
			return CAPTIVE_FAILED;
		}
		if (c->pid <= 0 && run->interrupted)
			return 0;
	}
}

static int run_all(struct run *run, const char *const *command)
{
	int r = prepare(run);

	if (r < 0)
		return CAPTIVE_FAILED;
	run->has_command = command != NULL;
	if (command) {
		r = captive_start(&run->captive, command, NULL);
		if (r < 0) {
			fault(run, r, command[0]);
			return captive_status(r);
		}
	}
	r = attend(run);
	if (r < 0) {
		captive_end(&run->captive);
		return CAPTIVE_FAILED;
	}
	return r;
}

/* 0, or -EBUSY: a thread hangs in a name server's silence, and ends with the process.
 */
static int unwind(struct run *run)
{
	int r;

	source_end(&run->source);
	if (run->server) {
		unlink(run->socket);
		serve_end(run->server);
	}
	r = source_wait(&run->source);
	if (run->store.dir >= 0)
		store_tidy(&run->store, run->size);
	return r;
}

static void free_all(struct run *run)
{
	source_free(&run->source);
	store_close(&run->store);
	sums_free(&run->sums);
	account_close(&run->account);
	free(run->hosts);
}

static const char *outcome(const struct run *run)
{
	switch (run->account.outcome) {
	case OUTCOME_LIMIT:
		return "limit";
	case OUTCOME_FAILED:
		return "failed";
	default:
		return run->interrupted && run->has_command ? "interrupted" : "ended";
	}
}

static int report(struct run *run)
{
	struct result r;
	int err;

	if (run->account.outcome != GOES_ON)
		diag("%s", run->account.text ? run->account.text : outcome(run));
	result_begin(&r, "pkgcache", outcome(run));
	account_put(&run->account, &r);
	err = result_write(&r, opt.result);
	if (err < 0)
		diag_errno(-err, "%s", opt.result);
	return err;
}

/* From here on there is something to report. */
static int work(struct run *run, const char *const *command)
{
	int r, status;

	r = account_open(&run->account, run->limit);
	if (r == 0)
		r = result_prepare(opt.result);
	if (r < 0) {
		diag_errno(-r, "%s", opt.result ? opt.result : "start");
		account_close(&run->account);
		free(run->hosts);
		return CAPTIVE_FAILED;
	}
	source_init(&run->source);
	status = run_all(run, command);
	r = unwind(run);
	if (report(run) < 0)
		status = CAPTIVE_FAILED;
	if (r == 0)
		free_all(run);
	return status;
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	const char *const *command = opts_command(&argc, argv);
	struct run run = { .store = { -1, -1 } };
	const char **args;
	int r;

	r = opts_parse(&ctx, argc, argv, options, "[-- COMMAND [ARG...]]", 0, 0, &args);
	if (r != OPTS_GO)
		return r;
	r = configure(&run);
	if (r != OPTS_GO) {
		free(run.hosts);
		return r;
	}
	r = captive_hold(&run.captive);
	if (r < 0) {
		diag_errno(-r, "signals");
		return CAPTIVE_FAILED;
	}
	r = work(&run, command);
	captive_free(&run.captive);
	return r;
}
