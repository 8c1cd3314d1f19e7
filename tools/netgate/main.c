// SPDX-License-Identifier: MIT
/*
 * netgate - the only network of a guest that nobody trusts.
 *
 * Speaks Ethernet with one QEMU over a unix socket. Of all that is outside,
 * the guest reaches only the proxies that the command line gives it: nothing
 * of the host's loopback, of its networks or of the DNS, unless --open says so.
 */
#include "asuser.h"
#include "captive.h"
#include "cleanup.h"
#include "diag.h"
#include "gate.h"
#include "opts.h"
#include "parent.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/resource.h>

static struct {
	char *socket, *net, *host, *guest, *user, *result;
	char **proxies, **forwards;
	long long limit;
	int keep, open, parent_exit, ready_fd;
} opt = { .ready_fd = -1 };

static const struct poptOption options[] = {
	{ "socket", 's', POPT_ARG_STRING, &opt.socket, 0,
		"Listen for the guest's QEMU here", "PATH" },
	{ "proxy", 'p', POPT_ARG_ARGV, &opt.proxies, 0,
		"Lead this address of the guest's network to a unix socket or a TCP "
		"address",
		"ADDRESS:PORT=TARGET" },
	{ "forward", 'f', POPT_ARG_ARGV, &opt.forwards, 0,
		"Lead a port of the host's loopback (0: any), or a unix socket, to one "
		"of the guest",
		"HOSTPORT|PATH:GUESTPORT" },
	{ "net", '\0', POPT_ARG_STRING, &opt.net, 0,
		"The guest's network (10.0.2.0/24)", "ADDRESS/BITS" },
	{ "host", '\0', POPT_ARG_STRING, &opt.host, 0,
		"The gate's address in it (the second)", "ADDRESS" },
	{ "guest", '\0', POPT_ARG_STRING, &opt.guest, 0,
		"The guest's address in it (the fifteenth, by DHCP)", "ADDRESS" },
	{ "limit", 'l', POPT_ARG_LONGLONG, &opt.limit, 0,
		"End when the guest has received more than this", "BYTES" },
	{ "open", '\0', POPT_ARG_NONE, &opt.open, 0,
		"Let the guest go anywhere but to the host's loopback", NULL },
	{ "keep", 'k', POPT_ARG_NONE, &opt.keep, 0,
		"Go on for another guest when one has gone", NULL },
	{ "parent-exit", '\0', POPT_ARG_NONE, &opt.parent_exit, 0,
		"End when the process that started this one ends", NULL },
	{ "ready-fd", '\0', POPT_ARG_INT, &opt.ready_fd, 0,
		"Say there, too, when the gate is ready", "FD" },
	{ "result", '\0', POPT_ARG_STRING, &opt.result, 0,
		"Write there how it went, for a program", "FILE" },
	{ "user", 'u', POPT_ARG_STRING, &opt.user, 0,
		"Who to become when started by root (" ASUSER_DEFAULT ")", "NAME" },
	OPTS_COMMON
};

static int addresses(struct gate_config *cfg)
{
	const char *why;

	if ((why = cidr_parse(opt.net ? opt.net : "10.0.2.0/24", &cfg->net)))
		return opts_error("--net: %s: %s", opt.net, why);
	cfg->host = cidr_host(&cfg->net, 2);
	cfg->guest = cidr_host(&cfg->net, ntohl(~cfg->net.mask.s_addr) > 15 ? 15 : 5);
	if (opt.host && (why = addr_parse(opt.host, &cfg->host)))
		return opts_error("--host: %s: %s", opt.host, why);
	if (opt.guest && (why = addr_parse(opt.guest, &cfg->guest)))
		return opts_error("--guest: %s: %s", opt.guest, why);
	if (!cidr_has(&cfg->net, cfg->host))
		return opts_error("--host: %s: not in the network", opt.host);
	if (!cidr_has(&cfg->net, cfg->guest))
		return opts_error("--guest: %s: not in the network",
			opt.guest ? opt.guest : "the default");
	if (cfg->host.s_addr == cfg->guest.s_addr)
		return opts_error("--host and --guest are the same address");
	return OPTS_GO;
}

static int count(char **list)
{
	int n = 0;

	while (list && list[n])
		n++;
	return n;
}

static int ways(struct gate_config *cfg)
{
	const char *why;

	for (int i = 0; i < cfg->proxy_count; i++) {
		struct proxy *p = &cfg->proxies[i];

		if ((why = proxy_parse(opt.proxies[i], p)))
			return opts_error("--proxy: %s: %s", opt.proxies[i], why);
		if (!cidr_has(&cfg->net, p->guest))
			return opts_error("--proxy: %s: not in the network", p->text);
		if (p->guest.s_addr == cfg->host.s_addr ||
			p->guest.s_addr == cfg->guest.s_addr)
			return opts_error(
				"--proxy: %s: needs an address of its own", p->text);
		for (int j = 0; j < i; j++)
			if (cfg->proxies[j].guest.s_addr == p->guest.s_addr &&
				cfg->proxies[j].port == p->port)
				return opts_error("--proxy: %s: given twice", p->text);
	}
	for (int i = 0; i < cfg->forward_count; i++)
		if ((why = forward_parse(opt.forwards[i], &cfg->forwards[i])))
			return opts_error("--forward: %s: %s", opt.forwards[i], why);
	return OPTS_GO;
}

static int configure(struct gate_config *cfg)
{
	int r;

	if (!opt.socket)
		return opts_error("--socket: missing");
	cfg->socket = opt.socket;
	if (opt.limit < 0)
		return opts_error("--limit: %lld: below zero", opt.limit);
	cfg->limit = (uint64_t)opt.limit;
	cfg->open = opt.open;
	cfg->keep = opt.keep;
	cfg->ready_fd = opt.ready_fd;
	cfg->out = cfg->command ? NULL : stdout;
	cfg->result = opt.result;
	if ((r = addresses(cfg)) != OPTS_GO)
		return r;
	cfg->proxy_count = count(opt.proxies);
	cfg->forward_count = count(opt.forwards);
	cfg->proxies = calloc((size_t)cfg->proxy_count + 1, sizeof(*cfg->proxies));
	cfg->forwards = calloc((size_t)cfg->forward_count + 1, sizeof(*cfg->forwards));
	return cfg->proxies && cfg->forwards ? ways(cfg) : EX_FAILED;
}

/* A guest's connection costs three descriptors. */
static void allow_descriptors(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == 0 && rl.rlim_cur < 4096) {
		rl.rlim_cur = rl.rlim_max < 4096 ? rl.rlim_max : 4096;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
}

static int serve(const struct gate_config *cfg)
{
	const int failed = cfg->command ? CAPTIVE_FAILED : EX_FAILED;
	pid_t parent = getppid();
	int r = as_user(opt.user);

	if (r < 0) {
		diag_errno(-r, "user %s", opt.user ? opt.user : ASUSER_DEFAULT);
		return failed;
	}
	if (opt.parent_exit && (r = end_with(parent)) < 0) {
		diag_errno(-r, "--parent-exit");
		return failed;
	}
	allow_descriptors();
	r = gate_run(cfg);
	return flush_stdout() < 0 && r == EX_DONE ? failed : r;
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	struct gate_config cfg = { .command = opts_command(&argc, argv) };
	const char **args;
	int r;

	setvbuf(stdout, NULL, _IOLBF, 0);
	r = opts_parse(&ctx, argc, argv, options, "[-- COMMAND...]", 0, 0, &args);
	if (r != OPTS_GO)
		return r;
	if (cfg.command && !*cfg.command)
		return opts_error("--: a command is missing");
	r = configure(&cfg);
	if (r == OPTS_GO)
		r = serve(&cfg);
	free(cfg.proxies);
	free(cfg.forwards);
	return r;
}
