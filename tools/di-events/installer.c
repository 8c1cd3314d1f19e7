#include "installer.h"
#include "cleanup.h"

#include <string.h>

const char *const event_names[EV_KINDS] = {
	[EV_STEP] = "step",
	[EV_PROGRESS] = "progress",
	[EV_PACKAGE] = "package",
	[EV_QUESTION] = "question",
	[EV_ERROR] = "error",
	[EV_FAULT] = "fault",
	[EV_DONE] = "done",
};

const char *step_title(const char *id)
{
	static const char *const titles[][2] = {
		{ "start", "start" },
		{ "localechooser", "language" },
		{ "brltty-udeb", "start" },
		{ "console-setup-udeb", "keyboard" },
		{ "ethdetect", "network hardware" },
		{ "netcfg", "network" },
		{ "download-installer", "installer's parts" },
		{ "choose-mirror", "mirror" },
		{ "cdrom-detect", "installation medium" },
		{ "load-cdrom", "installer's parts" },
		{ "user-setup-udeb", "users" },
		{ "clock-setup", "clock" },
		{ "tzsetup-udeb", "time zone" },
		{ "disk-detect", "disks" },
		{ "partman-base", "partitions" },
		{ "bootstrap-base", "base system" },
		{ "apt-setup-udeb", "package sources" },
		{ "pkgsel", "packages" },
		{ "seedbed-udeb", "initramfs" },
		{ "grub-installer", "boot loader" },
		{ "finish-install", "last steps" },
	};

	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		if (strcmp(titles[i][0], id) == 0)
			return titles[i][1];
	return id;
}

static void tell(struct installer *in, struct event e)
{
	e.t = in->t;
	e.id = e.id ? e.id : "";
	e.text = e.text ? e.text : "";
	in->tell(in->opaque, &e);
}

static void set(char **slot, const char *s, size_t n)
{
	free(*slot);
	*slot = strndup(s, n);
}

/* What follows head in s, or NULL. */
static const char *after(const char *s, const char *head)
{
	while (*head && *s == *head)
		s++, head++;
	return *head ? NULL : s;
}

static const char *current(const struct installer *in)
{
	return in->step ? in->step : "start";
}

/* --- what led to it --- */

static void remember(struct installer *in, const struct line *l, const char *s)
{
	size_t n;

	if (strcmp(l->prog, "kernel") == 0 || strstr(l->text, "DEBUG:") ||
		strcmp(l->prog, "init") == 0 || !l->text[strspn(l->text, " \t\r")])
		return;
	s += 16;
	n = strnlen(s, LINE_MAX_SHOWN);
	/* busybox's syslogd writes a carriage return so */
	if (n >= 2 && s[n - 2] == '^' && s[n - 1] == 'M')
		n -= 2;
	set(&in->log[in->log_next % LOG_KEPT], s, n);
	in->log_next++;
}

/* The ring from its oldest line on; the array has room for all. */
static size_t led_to_it(const struct installer *in, const char *lines[LOG_KEPT])
{
	size_t n = 0;

	for (size_t i = 0; i < LOG_KEPT; i++) {
		const char *s = in->log[(in->log_next + i) % LOG_KEPT];

		if (s)
			lines[n++] = s;
	}
	return n;
}

/* --- faults --- */

static void on_fault(void *opaque, const struct fault *f)
{
	struct installer *in = opaque;

	tell(in, (struct event){
			 .kind = EV_FAULT, .id = current(in), .text = f->text, .fault = f });
}

static struct faults *faults(struct installer *in)
{
	in->faults.tell = on_fault;
	in->faults.opaque = in;
	return &in->faults;
}

/* --- debconf --- */

/* The menu's own question after a step has failed, which was told as an error. */
static bool about_failure(const struct installer *in, const char *name)
{
	return in->failed &&
	       strcmp(name, "debian-installer/main-menu/item-failure") == 0;
}

static void tell_questions(struct installer *in, double seconds)
{
	const char *lines[LOG_KEPT];
	const size_t n = led_to_it(in, lines);

	for (size_t i = 0; i < in->debconf.asked_count; i++) {
		struct question q;

		if (about_failure(in, in->debconf.asked[i]))
			continue;
		debconf_question(&in->debconf, in->debconf.asked[i], &q);
		faults_question(faults(in), &q);
		tell(in, (struct event){ .kind = EV_QUESTION,
				 .id = current(in),
				 .text = in->debconf.asked[i],
				 .seconds = seconds,
				 .question = &q,
				 .log = lines,
				 .log_count = n });
		question_free(&q);
	}
}

static const char *last_part(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/*
 * What it is about by its template's title; where none is known, by its name, unless
 * that is because it has none.
 */
static void tell_progress(struct installer *in)
{
	_cleanup_free_ char *info = NULL;
	const int percent = debconf_percent(&in->debconf);
	struct question q = { 0 };

	if (in->debconf.info) {
		debconf_question(&in->debconf, in->debconf.info, &q);
		info = strdup(q.title && *q.title ? q.title
			      : in->debconf.index ? ""
						  : last_part(in->debconf.info));
		question_free(&q);
	}
	if (percent < 0 || (percent == in->percent && in->info &&
				   strcmp(info ? info : "", in->info) == 0))
		return;
	in->percent = percent;
	free(in->info);
	in->info = strdup(info ? info : "");
	tell(in, (struct event){ .kind = EV_PROGRESS,
			 .id = current(in),
			 .text = in->info,
			 .percent = percent });
}

static void debconf_line(struct installer *in, const char *text)
{
	for (;;) {
		switch (debconf_feed(&in->debconf, text, in->t)) {
		case NEWS_ANSWERED:
			if (!in->waiting)
				tell_questions(in, in->t - in->debconf.since);
			in->waiting = false;
			debconf_forget(&in->debconf);
			continue;
		case NEWS_WAITING:
			if (!in->waiting)
				tell_questions(in, -1);
			in->waiting = true;
			return;
		case NEWS_PROGRESS:
			tell_progress(in);
			return;
		case NEWS_NONE:
			return;
		}
	}
}

/* --- the log --- */

static void step(struct installer *in, const char *id, size_t n)
{
	set(&in->step, id, n);
	in->percent = -1;
	free(in->failed);
	in->failed = NULL;
	tell(in, (struct event){ .kind = EV_STEP,
			 .id = current(in),
			 .text = step_title(current(in)) });
}

static void menu(struct installer *in, const char *text)
{
	const char *lines[LOG_KEPT], *rest, *end;

	if ((rest = after(text, "INFO: Menu item '")) && (end = strchr(rest, '\''))) {
		step(in, rest, (size_t)(end - rest));
	} else if ((rest = after(text, "WARNING **: Configuring '")) &&
		   (end = strchr(rest, '\'')) &&
		   strstr(end, "failed with error code")) {
		set(&in->failed, rest, (size_t)(end - rest));
		tell(in, (struct event){ .kind = EV_ERROR,
				 .id = in->failed,
				 .text = text + strlen("WARNING **: "),
				 .log = lines,
				 .log_count = led_to_it(in, lines) });
	}
}

/* "Unpacking libc6:amd64 (2.41-12) ..." */
static void package(struct installer *in, const char *text)
{
	static const char *const verbs[] = { "Unpacking ", "Setting up ",
		"Processing triggers for ", "Removing " };
	_cleanup_free_ char *name = NULL, *verb = NULL;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		const char *rest = after(text, verbs[i]);
		const size_t n = rest ? strcspn(rest, " :") : 0;

		if (n == 0 || !strchr(rest, '('))
			continue;
		name = strndup(rest, n);
		verb = strndup(verbs[i], strlen(verbs[i]) - 1);
		tell(in,
			(struct event){ .kind = EV_PACKAGE, .id = name, .text = verb });
		return;
	}
}

static void finishing(struct installer *in, const char *text)
{
	const char *name = after(text, "info: Running ");

	if (!name)
		return;
	name = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	tell(in, (struct event){ .kind = EV_PROGRESS,
			 .id = current(in),
			 .text = name,
			 .percent = in->percent });
	/* The log that a system keeps was copied by this one. */
	if (strcmp(name, "94save-logs") == 0 && !in->done) {
		in->done = true;
		tell(in, (struct event){ .kind = EV_DONE });
	}
}

void installer_line(struct installer *in, const char *s)
{
	struct line l;

	if (!line_parse(s, &l))
		return;
	in->t = clock_at(&in->clock, l.stamp);
	if (line_is_fork(&l))
		in->clock.runs = false;
	if (strcmp(l.prog, "debconf") == 0) {
		debconf_line(in, l.text);
		return;
	}
	remember(in, &l, s);
	faults_line(faults(in), &l);
	if (strcmp(l.prog, "main-menu") == 0)
		menu(in, l.text);
	else if (strcmp(l.prog, "finish-install") == 0)
		finishing(in, l.text);
	else if (strcmp(l.prog, "debootstrap") == 0 || strcmp(l.prog, "in-target") == 0)
		package(in, l.text);
}

void installer_end(struct installer *in)
{
	if (in->debconf.pending && !in->waiting) {
		in->waiting = true;
		tell_questions(in, -1);
	}
}

void installer_free(struct installer *in)
{
	debconf_free(&in->debconf);
	faults_free(&in->faults);
	free(in->step);
	free(in->failed);
	free(in->info);
	for (size_t i = 0; i < LOG_KEPT; i++)
		free(in->log[i]);
}
