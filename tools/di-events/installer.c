// SPDX-License-Identifier: MIT
#include "installer.h"
#include "cleanup.h"

#include <string.h>

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

/* What went wrong first; what depends on it follows for pages. */
static bool is_cause(const char *text)
{
	static const char *const heads[] = { "dpkg: error processing",
		"dpkg-deb: error", "grub-install: error:" };

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (after(text, heads[i]))
			return true;
	return false;
}

/* Where something else begins: nothing before it has to do with the cause. */
static bool is_beginning(const char *line)
{
	static const char *const words[] = { ": Setting up ", ": Unpacking ",
		": Preparing to unpack ", ": Selecting previously ", ": Processing ",
		"Menu item '" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

static void keep_cause(struct installer *in, const char *line)
{
	if (line && in->causes < CAUSE_KEPT)
		set(&in->cause[in->causes++], line, strlen(line));
}

/* The line that is the last of the ring, and up to three before it. */
static void begin_cause(struct installer *in)
{
	enum { BEFORE = 3 };
	size_t first = in->log_next - 1;

	for (int i = 0; i < BEFORE && first > 0; i++) {
		const char *line = in->log[(first - 1) % LOG_KEPT];

		/* the line before it in any case: it may be the only one */
		if (!line || (i > 0 && is_beginning(line)))
			break;
		first--;
	}
	for (; first < in->log_next; first++)
		keep_cause(in, in->log[first % LOG_KEPT]);
}

static void forget_cause(struct installer *in)
{
	for (size_t i = 0; i < in->causes; i++) {
		free(in->cause[i]);
		in->cause[i] = NULL;
	}
	in->causes = in->cause_next = 0;
}

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
	if (in->causes == 0 && is_cause(l->text))
		begin_cause(in);
	else if (in->causes > 0 && in->causes < CAUSE_KEPT)
		keep_cause(in, in->log[(in->log_next - 1) % LOG_KEPT]);
	else
		return;
	in->cause_next = in->log_next;
}

/*
 * The cause, if one was seen, and the ring from its oldest line on, with dots where
 * lines between them are gone; the array has room for all.
 */
static size_t led_to_it(const struct installer *in, const char *lines[LINES_KEPT])
{
	size_t oldest = in->log_next > LOG_KEPT ? in->log_next - LOG_KEPT : 0, n = 0;

	for (size_t i = 0; i < in->causes; i++)
		lines[n++] = in->cause[i];
	if (n > 0 && oldest > in->cause_next)
		lines[n++] = "...";
	if (n > 0 && oldest < in->cause_next)
		oldest = in->cause_next;
	for (; oldest < in->log_next; oldest++)
		if (in->log[oldest % LOG_KEPT])
			lines[n++] = in->log[oldest % LOG_KEPT];
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
	const char *lines[LINES_KEPT];
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
	forget_cause(in);
	free(in->failed);
	in->failed = NULL;
	tell(in, (struct event){ .kind = EV_STEP,
			 .id = current(in),
			 .text = step_title(current(in)) });
}

static void gave_up(struct installer *in, const char *id, size_t n, const char *text)
{
	const char *lines[LINES_KEPT];

	set(&in->failed, id, n);
	tell(in, (struct event){ .kind = EV_ERROR,
			 .id = in->failed,
			 .text = text,
			 .log = lines,
			 .log_count = led_to_it(in, lines) });
}

/* What stands in quotes behind head, if tail follows; NULL: it does not. */
static const char *quoted(
	const char *text, const char *head, const char *tail, size_t *len)
{
	const char *name = after(text, head);
	const char *end = name ? strchr(name, '\'') : NULL;

	if (!end || !after(end + 1, tail))
		return NULL;
	*len = (size_t)(end - name);
	return name;
}

/* glib wrote "(process:785): " before it, and told steps as DEBUG until 2009. */
static void menu(struct installer *in, const char *text)
{
	const char *name, *end;
	size_t n;

	if (after(text, "(process:") && (end = strstr(text, "): ")))
		text = end + 3;
	if ((name = quoted(text, "INFO: Menu item '", " selected", &n)) ||
		(name = quoted(text, "DEBUG: Menu item '", " selected", &n)))
		step(in, name, n);
	else if ((name = quoted(text, "WARNING **: Configuring '",
			  " failed with error code", &n)) ||
		 (!in->failed && (name = quoted(text, "WARNING **: Menu item '",
					  " failed", &n))))
		gave_up(in, name, n, text + strlen("WARNING **: "));
}

/*
 * A step's own "error: exiting on error TEMPLATE": it has ended, though the menu says
 * so only when somebody has left the dialog about it.
 */
static bool exiting(struct installer *in, const struct line *l)
{
	const char *text = after(l->text, "error: "), *name;
	const char *id = in->step ? in->step : l->prog;
	struct question q;
	char *full = NULL;

	name = text ? after(text, "exiting on error ") : NULL;
	if (!name && !(text && after(text, "Running '") && strstr(text, "' failed") &&
			     strcmp(l->prog, "grub-installer") == 0))
		return false;
	debconf_question(
		&in->debconf, name ? name : "grub-installer/grub-install-failed", &q);
	if (q.title && *q.title && asprintf(&full, "%s: %s", text, q.title) < 0)
		full = NULL;
	question_free(&q);
	gave_up(in, id, strlen(id), full ? full : text);
	free(full);
	return true;
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
	if (exiting(in, &l))
		return;
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
	forget_cause(in);
	for (size_t i = 0; i < LOG_KEPT; i++)
		free(in->log[i]);
}
