// SPDX-License-Identifier: MIT
/*
 * lvmtidy - looks at LVM's archive directory, and prunes it.
 *
 * Only with --prune are files removed: LVM's own archives beyond those that it
 * keeps, and temporary files of dead processes. LVM's locks are taken meanwhile.
 */
#include "cleanup.h"
#include "diag.h"
#include "json.h"
#include "opts.h"
#include "prune.h"
#include "report.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

enum { EX_WARNING = 3, EX_CRITICAL = 4, SAMPLE = 16 };

struct session {
	int check, prune, dry, json, prometheus, exact, quiet;
	int keep, warn, crit, wait;
	time_t age;
	char *older_than, *config, *lock_dir, *host;
	struct settings settings;
	const char *dir;
	int fd;
};

static volatile int stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void catch_signals(void)
{
	const struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
}

/* "30d", "12h", "90m", "45s"; without a unit days, as LVM's retain_days. */
static int parse_age(const char *text, time_t *age)
{
	static const struct {
		char unit;
		time_t seconds;
	} units[] = { { 'd', 86400 }, { '\0', 86400 }, { 'h', 3600 }, { 'm', 60 },
		{ 's', 1 } };
	char *end;
	long v;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	v = strtol(text, &end, 10);
	if (errno || v > 1000000000 || (*end && end[1]))
		return -EINVAL;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (*end == units[i].unit) {
			*age = v * units[i].seconds;
			return 0;
		}
	return -EINVAL;
}

static bool same_dir(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* A slash at the end would lead through a link. */
static int open_unlinked(const char *dir)
{
	_cleanup_free_ char *path = strdup(dir);

	if (!path)
		return -1;
	for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
		path[n - 1] = '\0';
	return open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/* LVM's only other copies are its backups; neither they nor links are touched. */
static int may_prune(const struct session *s)
{
	_cleanup_free_ char *real = realpath(s->dir, NULL);
	_cleanup_close_ int fd = open_unlinked(s->dir);
	struct stat st, opened;
	const char *base = real ? strrchr(real, '/') : NULL;

	if (fd < 0 || fstat(fd, &st) < 0 || fstat(s->fd, &opened) < 0 || !base)
		diag_errno(errno, "%s", s->dir);
	else if (st.st_dev != opened.st_dev || st.st_ino != opened.st_ino)
		diag("%s: a symbolic link: name the directory itself", s->dir);
	else if (strcmp(base, "/backup") == 0 ||
		 same_dir(s->fd, s->settings.backup_dir))
		diag("%s: holds LVM's backups: not touched", s->dir);
	else
		return 0;
	return -EPERM;
}

static uint32_t keep(const struct session *s)
{
	if (s->keep > 0)
		return (uint32_t)s->keep;
	return s->settings.retain_min ? s->settings.retain_min : 1;
}

static enum verdict judge(const struct session *s, const struct scan *sc)
{
	if (sc->entries >= (uint64_t)s->crit)
		return VERDICT_CRITICAL;
	return sc->entries >= (uint64_t)s->warn ? VERDICT_WARNING : VERDICT_GOOD;
}

static int do_check(const struct session *s, struct scan *sc)
{
	static const int statuses[] = { EX_DONE, EX_WARNING, EX_CRITICAL };
	const struct report r = { .dir = s->dir,
		.settings = &s->settings,
		.scan = sc,
		.verdict = judge(s, sc),
		.warn = (uint64_t)s->warn,
		.crit = (uint64_t)s->crit,
		.now = time(NULL) };

	groups_sort(&sc->groups);
	sc->groups.keep = keep(s);
	if (s->json)
		report_json(&r, stdout);
	else if (s->prometheus)
		report_prometheus(&r, stdout);
	else if (!s->quiet || r.verdict != VERDICT_GOOD)
		report_text(&r, stdout);
	return flush_stdout() < 0 ? EX_FAILED : statuses[r.verdict];
}

static void say_pruned(const struct session *s, const struct prune *p,
	const struct scan *sc, bool whole)
{
	unsigned long long archives = p->archives, temps = p->temps,
			   left = sc->entries - archives - temps;

	if (s->json) {
		fputs("{\"dir\":", stdout);
		json_string(s->dir, stdout);
		printf(",\"dry_run\":%s,\"complete\":%s,\"archives\":%llu,"
		       "\"temporary\":%llu,\"failed\":%llu,\"left\":%llu}\n",
			s->dry ? "true" : "false", whole ? "true" : "false", archives,
			temps, (unsigned long long)p->failed, left);
	} else if (!s->quiet && !s->dry) {
		fput_visible(s->dir, stdout);
		printf(": %llu archives and %llu temporary files removed, "
		       "%llu entries left\n",
			archives, temps, left);
	}
}

static int do_prune(const struct session *s, struct scan *sc)
{
	FILE *nowhere = s->dry && s->json ? fopen("/dev/null", "we") : NULL;
	struct prune p = { .path = s->dir,
		.older_than = s->older_than ? s->age
					    : s->settings.retain_days * (time_t)86400,
		.wait_ms = s->wait * 1000L,
		.dry = !s->dry	 ? NULL
		       : nowhere ? nowhere
				 : stdout,
		.stop = &stop };
	int r;

	/* Another directory than LVM's is nobody's but ours, unless told otherwise. */
	if (s->lock_dir || same_dir(s->fd, s->settings.archive_dir))
		p.lock_dir = s->lock_dir ? s->lock_dir : s->settings.locking_dir;
	catch_signals();
	r = prune(&p, sc);
	if (nowhere)
		fclose(nowhere);
	say_pruned(s, &p, sc, r == 0 && !p.failed);
	if (r == -EBUSY)
		diag("%s: locked by a running command of LVM for %d s", p.lock_dir,
			s->wait);
	else if (r == -EINTR)
		diag("%s: interrupted: %" PRIu64 " files are removed, the others stay",
			s->dir, p.archives + p.temps);
	else if (r < 0)
		diag_errno(-r, "%s", r == -ENOMEM ? s->dir : p.lock_dir);
	if (flush_stdout() < 0 || r < 0 || p.failed)
		return EX_FAILED;
	return EX_DONE;
}

static int work(struct session *s, const char *dir)
{
	_cleanup_close_ int fd = -1;
	_cleanup_(cleanup_scan) struct scan sc = { 0 };
	int r;

	if (settings_start(&s->settings, s->config) < 0)
		return EX_FAILED;
	/* Where it is and how many stay must be known first, all else later. */
	if ((!dir || (s->prune && s->keep < 0)) && settings_finish(&s->settings) < 0)
		return EX_FAILED;
	s->dir = dir ? dir : s->settings.archive_dir;
	if ((fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
		diag_errno(errno, "%s", s->dir);
		return EX_FAILED;
	}
	s->fd = fd;
	if ((r = scan(&sc, fd, s->host, s->prune ? keep(s) : 0,
		     s->prune	? 0
		     : s->exact ? UINT64_MAX
				: SAMPLE)) < 0) {
		diag_errno(-r, "%s: list", s->dir);
		return EX_FAILED;
	}
	if (settings_finish(&s->settings) < 0 || (s->prune && may_prune(s) < 0))
		return EX_FAILED;
	return s->prune ? do_prune(s, &sc) : do_check(s, &sc);
}

static void cleanup_session(struct session *s)
{
	free(s->older_than);
	free(s->config);
	free(s->lock_dir);
	free(s->host);
	cleanup_settings(&s->settings);
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	_cleanup_(cleanup_session) struct session s = {
		.keep = -1, .warn = 10000, .crit = 100000, .wait = 30
	};
	const struct poptOption table[] = { { "check", 'c', POPT_ARG_NONE, &s.check, 0,
						    "Look only (the default)", NULL },
		{ "prune", 'p', POPT_ARG_NONE, &s.prune, 0,
			"Remove what LVM would agree to lose", NULL },
		{ "dry-run", 'n', POPT_ARG_NONE, &s.dry, 0,
			"With --prune: list what would be removed", NULL },
		{ "keep", 'k', POPT_ARG_INT, &s.keep, 0,
			"The newest N of each volume group stay (LVM's retain_min)",
			"N" },
		{ "older-than", 'o', POPT_ARG_STRING, &s.older_than, 0,
			"What is younger stays (LVM's retain_days)", "30d" },
		{ "wait", 'w', POPT_ARG_INT, &s.wait, 0,
			"So long for LVM's locks (30 seconds)", "SECONDS" },
		{ "lock-dir", '\0', POPT_ARG_STRING, &s.lock_dir, 0,
			"Where LVM's locks are", "DIR" },
		{ "host", '\0', POPT_ARG_STRING, &s.host, 0,
			"This host's former name: its temporary files are ours",
			"NAME" },
		{ "config", '\0', POPT_ARG_STRING, &s.config, 0, "Read this lvm.conf",
			"FILE" },
		{ "warn", '\0', POPT_ARG_INT, &s.warn, 0,
			"Warning from N entries (10000)", "N" },
		{ "crit", '\0', POPT_ARG_INT, &s.crit, 0,
			"Critical from N entries (100000)", "N" },
		{ "exact", 'x', POPT_ARG_NONE, &s.exact, 0,
			"Look at the age and size of every file, not of a sample",
			NULL },
		{ "json", 'j', POPT_ARG_NONE, &s.json, 0, "JSON", NULL },
		{ "prometheus", '\0', POPT_ARG_NONE, &s.prometheus, 0,
			"Prometheus' text format", NULL },
		{ "quiet", 'q', POPT_ARG_NONE, &s.quiet, 0,
			"Say nothing when all is good", NULL },
		OPTS_COMMON };
	const char **args = NULL;
	int r = opts_parse(&ctx, argc, argv, table, "[DIR]", 0, 1, &args);

	if (r != OPTS_GO)
		return r;
	if (s.check && s.prune)
		return opts_error("--check and --prune: one or the other");
	if ((s.dry || s.older_than) && !s.prune)
		return opts_error("--dry-run and --older-than belong to --prune");
	if (s.prometheus && (s.prune || s.json))
		return opts_error("--prometheus is a form of --check");
	if (s.keep == 0 || s.keep < -1)
		return opts_error("--keep %d: at least one archive stays", s.keep);
	if (s.older_than && parse_age(s.older_than, &s.age) < 0)
		return opts_error("%s: not an age, such as 30d or 12h", s.older_than);
	if (s.warn < 0 || s.crit < 0 || s.wait < 0 || s.wait > 86400)
		return opts_error("--warn, --crit and --wait: out of range");
	return work(&s, *args);
}
