/*
 * vmrun - runs a guest to its end and says how it went.
 *
 * Creates a transient domain from its XML, keeps what it writes, watches that
 * it gets on, and leaves nothing of it behind, however it or this program ends.
 */
#include "asuser.h"
#include "cleanup.h"
#include "diag.h"
#include "opts.h"
#include "slurp.h"
#include "virt.h"
#include "vmrun.h"
#include "words.h"

#include <string.h>

static struct {
	char *uri, *user, *console, *word, *nonce, *shot;
	char **channels;
	int timeout, stall, grace, parent_exit;
	long long max_log;
} opt = { .grace = 60, .max_log = 64LL << 20 };

static const struct poptOption options[] = {
	{ "connect", 'c', POPT_ARG_STRING, &opt.uri, 0, "The hypervisor (" VIRT_URI ")",
		"URI" },
	{ "user", 'u', POPT_ARG_STRING, &opt.user, 0,
		"Who to become when started by root (" ASUSER_DEFAULT ")", "NAME" },
	{ "console", 'o', POPT_ARG_STRING, &opt.console, 0,
		"Keep what the guest's console says", "FILE" },
	{ "channel", '\0', POPT_ARG_ARGV, &opt.channels, 0,
		"Keep what comes through this port", "NAME=FILE" },
	{ "word", 'w', POPT_ARG_STRING, &opt.word, 0,
		"The port that the guest's words come through", "NAME" },
	{ "nonce", '\0', POPT_ARG_STRING, &opt.nonce, 0, "What its words begin with",
		"TEXT" },
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
	{ "parent-exit", '\0', POPT_ARG_NONE, &opt.parent_exit, 0,
		"End the guest when the process that started this one ends", NULL },
	OPTS_COMMON
};

static int open_sink(struct sink *s, const char *path)
{
	int r = sink_open(s, path, (unsigned long long)opt.max_log);

	if (r < 0)
		diag_errno(-r, "%s: open", path);
	return r;
}

/* The channels of --channel, and of --word where it is none of those. */
static int name_channels(struct run_config *cfg)
{
	int n = 0, heard = !opt.word;

	while (opt.channels && opt.channels[n])
		n++;
	cfg->channels = calloc((size_t)n + 1, sizeof(*cfg->channels));
	for (int i = 0; cfg->channels && i < n; i++) {
		char *eq = strchr(opt.channels[i], '=');

		if (!eq || eq == opt.channels[i] || !eq[1])
			return opts_error("--channel: %s: not of the form NAME=FILE",
				opt.channels[i]);
		*eq = '\0';
		cfg->channels[i] = (struct channel){ .name = opt.channels[i],
			.sink = { .fd = -1, .path = eq + 1 },
			.is_word = opt.word && strcmp(opt.word, opt.channels[i]) == 0 };
		heard |= cfg->channels[i].is_word;
	}
	cfg->channel_count = n;
	if (!heard)
		cfg->channels[cfg->channel_count++] = (struct channel){
			.name = opt.word,
			.sink = { .fd = -1, .max = (unsigned long long)opt.max_log },
			.is_word = 1
		};
	return OPTS_GO;
}

static int configure(struct run_config *cfg)
{
	cfg->uri = opt.uri ? opt.uri : VIRT_URI;
	cfg->user = opt.user;
	cfg->nonce = opt.nonce;
	cfg->timeout = opt.timeout;
	cfg->stall = opt.stall;
	cfg->grace = opt.grace;
	cfg->parent = opt.parent_exit ? getppid() : 0;
	cfg->console.fd = cfg->shot.fd = -1;
	if (!opt.word != !opt.nonce)
		return opts_error("--word and --nonce go together");
	if (opt.nonce && !words_nonce_ok(opt.nonce))
		return opts_error("--nonce: 8 to 256 letters without a space");
	if (opt.timeout < 0 || opt.stall < 0 || opt.grace < 0 || opt.max_log < 0)
		return opts_error("a time or a size below zero");
	return name_channels(cfg);
}

static int open_files(struct run_config *cfg)
{
	int r = 0;

	if (opt.console)
		r = open_sink(&cfg->console, opt.console);
	if (r == 0 && opt.shot)
		r = open_sink(&cfg->shot, opt.shot);
	for (int i = 0; r == 0 && i < cfg->channel_count; i++)
		if (cfg->channels[i].sink.path)
			r = open_sink(
				&cfg->channels[i].sink, cfg->channels[i].sink.path);
	return r;
}

static int close_files(struct run_config *cfg)
{
	/* No picture, no file; as another user that can fail, and does no harm. */
	if (cfg->shot.fd >= 0 && cfg->shot.bytes == 0)
		unlink(cfg->shot.path);
	for (int i = 0; i < cfg->channel_count; i++)
		if (sink_close(&cfg->channels[i].sink) < 0)
			return -EIO;
	return sink_close(&cfg->console) < 0 || sink_close(&cfg->shot) < 0 ? -EIO : 0;
}

/* A description of a guest has a few kilobytes. */
enum { XML_MAX = 1 << 20 };

static char *read_xml(const char *path)
{
	_cleanup_free_ char *text = NULL;
	size_t n = 0;
	int r = slurp_file(path, XML_MAX, &text, &n);

	if (r < 0 && r != -EFBIG) {
		diag_errno(-r, "%s: open", path);
		return NULL;
	}
	if (r < 0 || memchr(text, '\0', n)) {
		diag("%s: not a domain's XML", path);
		return NULL;
	}
	return steal_ptr(&text);
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	struct run_config cfg = { 0 };
	const char **args;
	int r;

	r = opts_parse(&ctx, argc, argv, options, "DOMAIN.xml", 1, 1, &args);
	if (r != OPTS_GO)
		return r;
	r = configure(&cfg);
	if (r == OPTS_GO) {
		cfg.file = args[0];
		cfg.xml = read_xml(args[0]);
		r = !cfg.xml || open_files(&cfg) < 0 ? RUN_FAILED : run_guest(&cfg);
		if ((close_files(&cfg) < 0 || flush_stdout() < 0) && r == RUN_DONE)
			r = RUN_FAILED;
	}
	free(cfg.channels);
	free(cfg.xml);
	return r;
}
