// SPDX-License-Identifier: MIT
/*
 * vmrun - runs a guest to its end and says how it went.
 *
 * Creates a transient domain from its XML, keeps what it writes, watches that
 * it gets on, and leaves nothing of it behind, however it or this program ends.
 */
#include "asuser.h"
#include "captive.h"
#include "check.h"
#include "cleanup.h"
#include "diag.h"
#include "hypervisor.h"
#include "opts.h"
#include "run.h"
#include "slurp.h"
#include "vmrun.h"
#include "words.h"

#include <limits.h>
#include <stdarg.h>
#include <string.h>

/* What its records may come to while nobody reads them, besides --max-log. */
enum { RECORDS_MORE = 1 << 20 };

static struct {
	char *uri, *user, *console, *word, *nonce, *shot, *restore;
	char *result, *records, *at, *until;
	char **channels, **feeds;
	int timeout, stall, grace, parent_exit, quiet;
	long long max_log;
} opt = { .grace = 60, .max_log = 64LL << 20 };

static const struct poptOption options[] = {
	{ "connect", 'c', POPT_ARG_STRING, &opt.uri, 0,
		"The hypervisor (HYPERVISOR in the environment, or " HYPERVISOR_URI ")",
		"URI" },
	{ "user", 'u', POPT_ARG_STRING, &opt.user, 0,
		"Who to become when started by root (" ASUSER_DEFAULT ")", "NAME" },
	{ "console", 'o', POPT_ARG_STRING, &opt.console, 0,
		"Keep what the guest's console says", "FILE" },
	{ "channel", '\0', POPT_ARG_ARGV, &opt.channels, 0,
		"Keep what comes through this port", "NAME=FILE" },
	{ "feed", '\0', POPT_ARG_ARGV, &opt.feeds, 0,
		"Send what is in this file or pipe through this port", "NAME=FILE" },
	{ "word", 'w', POPT_ARG_STRING, &opt.word, 0,
		"The port that the guest's words come through", "NAME" },
	{ "nonce", '\0', POPT_ARG_STRING, &opt.nonce, 0, "What its words begin with",
		"TEXT" },
	{ "records", '\0', POPT_ARG_STRING, &opt.records, 0,
		"Write its words there and not to standard output", "FILE" },
	{ "result", '\0', POPT_ARG_STRING, &opt.result, 0,
		"Write how it went there, for a program", "FILE" },
	{ "at", '\0', POPT_ARG_STRING, &opt.at, 0,
		"Run the command beside it when it has come to this step", "STEP" },
	{ "until", '\0', POPT_ARG_STRING, &opt.until, 0,
		"The same; then end it. Without a command end it there", "STEP" },
	{ "restore", '\0', POPT_ARG_STRING, &opt.restore, 0,
		"Go on from what vmfork(1) writes to this pipe", "FILE" },
	{ "timeout", 't', POPT_ARG_INT, &opt.timeout, 0, "End it after this time",
		"SECONDS" },
	{ "stall", 's', POPT_ARG_INT, &opt.stall, 0,
		"End it when nothing has moved for this time", "SECONDS" },
	{ "grace", '\0', POPT_ARG_INT, &opt.grace, 0,
		"How long it may take to power off when it is done (60)", "SECONDS" },
	{ "max-log", '\0', POPT_ARG_LONGLONG, &opt.max_log, 0,
		"How much it may write to its console, and to each port (64 MiB)",
		"BYTES" },
	{ "screenshot", '\0', POPT_ARG_STRING, &opt.shot, 0,
		"Where to put a picture of its screen if it fails", "FILE" },
	{ "quiet", 'q', POPT_ARG_NONE, &opt.quiet, 0,
		"Say nothing of its end: --result does", NULL },
	{ "parent-exit", '\0', POPT_ARG_NONE, &opt.parent_exit, 0,
		"End the guest when the process that started this one ends", NULL },
	OPTS_COMMON
};

/* Why there will be no guest. */
static struct {
	const char *code;
	char *text;
} reason;

__attribute__((format(printf, 2, 3))) static int refuse(
	const char *code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&reason.text, fmt, ap) < 0)
		reason.text = NULL;
	va_end(ap);
	reason.code = code;
	diag("%s", reason.text ? reason.text : fmt);
	return -1;
}

static int open_sink(struct sink *s, const char *path)
{
	const int r = sink_open(s, path, (unsigned long long)opt.max_log);

	return r < 0 ? refuse("output", "%s: open: %s", path, strerror(-r)) : 0;
}

static int open_records(struct sink *s)
{
	int r = 0;

	if (opt.records)
		r = open_sink(s, opt.records);
	else if ((r = sink_to(s, STDOUT_FILENO, "standard output", 0)) < 0)
		r = refuse("output", "standard output: %s", strerror(-r));
	/* the limit is on what the guest says, and on what waits */
	s->max = ULLONG_MAX;
	s->waiting = (unsigned long long)opt.max_log + RECORDS_MORE;
	return r;
}

static size_t count(char **list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

/* The one of that name, new if there is none. */
static struct channel *channel(struct run_config *cfg, const char *name)
{
	struct channel *c = cfg->channels;

	for (int i = 0; i < cfg->channel_count; i++, c++)
		if (strcmp(c->name, name) == 0)
			return c;
	*c = (struct channel){ .name = name,
		.sink = { .fd = -1,
			.max = (unsigned long long)opt.max_log,
			.waiting = (unsigned long long)opt.max_log },
		.feed = { .fd = -1 } };
	cfg->channel_count++;
	return c;
}

/* NAME=FILE: cuts it, and returns where FILE begins; NULL if it is not that. */
static char *cut(char *arg)
{
	char *eq = strchr(arg, '=');

	if (!eq || eq == arg || !eq[1])
		return NULL;
	*eq = '\0';
	return eq + 1;
}

/* The channels of --channel, --feed and --word. */
static int name_channels(struct run_config *cfg)
{
	const size_t outs = count(opt.channels), ins = count(opt.feeds);
	char *file;

	cfg->channels = calloc(outs + ins + 1, sizeof(*cfg->channels));
	if (!cfg->channels)
		return opts_error("out of memory");
	for (size_t i = 0; i < outs; i++) {
		if (!(file = cut(opt.channels[i])))
			return opts_error("--channel: %s: not of the form NAME=FILE",
				opt.channels[i]);
		channel(cfg, opt.channels[i])->sink.path = file;
	}
	for (size_t i = 0; i < ins; i++) {
		if (!(file = cut(opt.feeds[i])))
			return opts_error(
				"--feed: %s: not of the form NAME=FILE", opt.feeds[i]);
		channel(cfg, opt.feeds[i])->feed_path = file;
	}
	if (opt.word)
		channel(cfg, opt.word)->is_word = 1;
	return OPTS_GO;
}

/* What is run at which step. */
static int configure_step(struct run_config *cfg, const char *const *command)
{
	cfg->step = opt.until ? opt.until : opt.at;
	cfg->until = opt.until != NULL;
	cfg->command = command;
	if (opt.at && opt.until)
		return opts_error("--at and --until: one of them");
	if (cfg->step && !opt.word)
		return opts_error(
			"--at and --until need --word: the guest says where it is");
	if (command && !cfg->step)
		return opts_error("%s: when? --at=STEP or --until=STEP", command[0]);
	if (opt.at && !command)
		return opts_error("--at: needs a command: vmrun ... -- COMMAND");
	return OPTS_GO;
}

/* Of a hypervisor that is not known here libvirt will say what it cannot do. */
static int lacking(const struct run_config *cfg)
{
	const struct {
		const char *option;
		int asked;
		unsigned need;
	} all[] = { { "--channel, --feed and --word", cfg->channel_count, NEED_PORTS },
		{ "--restore", cfg->restore != NULL, NEED_FORK } };
	struct hypervisor_at at;

	if (hypervisor_at(&at, cfg->uri) < 0)
		return OPTS_GO;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].asked && !(at.can & all[i].need))
			return opts_error("%s: %s: %s: %s", all[i].option, cfg->uri,
				hypervisor_lack(all[i].need),
				hypervisor_instead(all[i].need));
	return OPTS_GO;
}

static int configure(struct run_config *cfg, const char *const *command)
{
	int r;

	cfg->uri = hypervisor_uri(opt.uri);
	cfg->user = opt.user;
	cfg->nonce = opt.nonce;
	cfg->restore = opt.restore;
	cfg->timeout = opt.timeout;
	cfg->stall = opt.stall;
	cfg->grace = opt.grace;
	cfg->quiet = opt.quiet;
	cfg->parent = opt.parent_exit ? getppid() : 0;
	cfg->result = opt.result;
	cfg->console.fd = cfg->records.fd = cfg->shot.fd = -1;
	if (!opt.word != !opt.nonce)
		return opts_error("--word and --nonce go together");
	if (opt.nonce && !words_nonce_ok(opt.nonce))
		return opts_error("--nonce: 8 to 256 letters without a space");
	if (opt.timeout < 0 || opt.stall < 0 || opt.grace < 0 || opt.max_log < 0)
		return opts_error("a time or a size below zero");
	r = configure_step(cfg, command);
	if (r == OPTS_GO)
		r = name_channels(cfg);
	return r == OPTS_GO ? lacking(cfg) : r;
}

static int open_files(struct run_config *cfg)
{
	int r = open_records(&cfg->records);

	if (r == 0 && opt.console)
		r = open_sink(&cfg->console, opt.console);
	if (r == 0 && opt.shot)
		r = open_sink(&cfg->shot, opt.shot);
	for (int i = 0; r == 0 && i < cfg->channel_count; i++) {
		struct channel *c = &cfg->channels[i];

		if (c->sink.path)
			r = open_sink(&c->sink, c->sink.path);
		if (r == 0 && c->feed_path &&
			(r = feed_open(&c->feed, c->feed_path)) < 0)
			refuse("file", "%s: open: %s", c->feed_path, strerror(-r));
	}
	return r;
}

/* A description of a guest has a few kilobytes. */
enum { XML_MAX = 1 << 20 };

static char *read_xml(const char *path)
{
	_cleanup_free_ char *text = NULL;
	size_t n = 0;
	int r = slurp_file(path, XML_MAX, &text, &n);

	if (r < 0 && r != -EFBIG) {
		refuse("file", "%s: open: %s", path, strerror(-r));
		return NULL;
	}
	if (r < 0 || memchr(text, '\0', n)) {
		refuse("file", "%s: not a domain's XML", path);
		return NULL;
	}
	return steal_ptr(&text);
}

/* A guest that is restored is known by what its description says. */
static int names_itself(struct run_config *cfg)
{
	if (!cfg->restore)
		return 1;
	cfg->uuid = xml_uuid(cfg->xml);
	if (!cfg->uuid)
		refuse("file",
			"%s: restore: has no UUID; vmfork(1) writes such a description",
			cfg->file);
	return cfg->uuid != NULL;
}

static int go(struct run_config *cfg)
{
	cfg->xml = read_xml(cfg->file);
	if (!cfg->xml || open_files(cfg) < 0 || !names_itself(cfg))
		return run_nothing(
			cfg, reason.code, reason.text ? reason.text : "out of memory");
	return run_guest(cfg);
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	struct run_config cfg = { 0 };
	const char **args;
	const char *const *command = opts_command(&argc, argv);
	int r;

	r = opts_parse(
		&ctx, argc, argv, options, "DOMAIN.xml [-- COMMAND...]", 1, 1, &args);
	if (r != OPTS_GO)
		return r;
	captive_descriptors();
	r = configure(&cfg, command && *command ? command : NULL);
	if (r == OPTS_GO) {
		cfg.file = args[0];
		r = go(&cfg);
	}
	free(cfg.channels);
	free(cfg.uuid);
	free(cfg.xml);
	free(reason.text);
	return r;
}
