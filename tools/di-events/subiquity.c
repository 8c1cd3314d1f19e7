// SPDX-License-Identifier: MIT
/*
 * subiquity.c - what the events of Ubuntu's installer mean.
 *
 * Its contexts are named like paths; each starts and finishes, and one that fails takes
 * those around it with it, unless it is one of those whose failure is borne. That it gave
 * up is known by the whole failing, or by its error commands being run; that it is done, by
 * the shutdown, which only a good installation comes to.
 */
#include "subiquity.h"

#include "cleanup.h"
#include "jsonread.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 300, WORD_MAX = 60 };

struct report {
	const char *name, *text, *type, *result;
	double t;
};

/* --- telling it --- */

static const char *current(const struct subiquity *in)
{
	return in->step ? in->step : "start";
}

static void tell(struct subiquity *in, struct event e)
{
	e.t = in->t;
	e.id = e.id ? e.id : "";
	e.text = e.text ? e.text : "";
	in->tell(in->opaque, &e);
}

static void set(char **slot, const char *s)
{
	free(*slot);
	*slot = s ? strndup(s, TEXT_MAX) : NULL;
}

static const char *after(const char *s, const char *head)
{
	const size_t n = strlen(head);

	return strncmp(s, head, n) == 0 ? s + n : NULL;
}

static void step(struct subiquity *in, const char *id, const char *title)
{
	if (strcmp(current(in), id) == 0)
		return;
	set(&in->step, id);
	tell(in, (struct event){ .kind = EV_STEP, .id = id, .text = title });
}

static void remember(struct subiquity *in, const struct report *r)
{
	char **slot = &in->log[in->log_next++ % SUBIQUITY_KEPT];

	free(*slot);
	if (asprintf(slot, "%s: %s: %.*s%s%s", r->type, r->name, TEXT_MAX, r->text,
		    *r->result ? ": " : "", r->result) < 0)
		*slot = NULL;
}

static size_t led_to_it(const struct subiquity *in, const char *lines[SUBIQUITY_KEPT])
{
	size_t n = 0,
	       i = in->log_next > SUBIQUITY_KEPT ? in->log_next - SUBIQUITY_KEPT : 0;

	for (; i < in->log_next; i++)
		if (in->log[i % SUBIQUITY_KEPT])
			lines[n++] = in->log[i % SUBIQUITY_KEPT];
	return n;
}

static void gave_up(struct subiquity *in, const char *otherwise)
{
	const char *lines[SUBIQUITY_KEPT];

	if (in->failed || in->done)
		return;
	in->failed = true;
	tell(in, (struct event){ .kind = EV_ERROR,
			 .id = current(in),
			 .text = in->where ? in->cause : otherwise,
			 .log = lines,
			 .log_count = led_to_it(in, lines) });
}

/* --- what a step is called --- */

static const struct {
	const char *name, *id, *title;
} steps[] = {
	{ "subiquity/load_autoinstall_config", "answers", "answers" },
	{ "subiquity/apply_autoinstall_config", "apply", "network, mirror, disk" },
	{ "subiquity/Install/install/configure_apt", "apt", "package sources" },
	{ "subiquity/Install/install/curtin_install/setup_target", "target",
		"keyboard" },
	{ "subiquity/Install/install/postinstall/configure_cloud_init", "cloud-init",
		"last steps" },
	{ "subiquity/Install/install/postinstall/run_unattended_upgrades", "upgrades",
		"security updates" },
	{ "subiquity/Late/run_user_supplied", "late-commands", "late command" },
	{ "subiquity/Shutdown/copy_logs_to_target", "logs", "logs" },
};

/* "executing curtin install partitioning step" */
static const char *const curtin_steps[][2] = {
	{ "initial", "start" },
	{ "partitioning", "partitions" },
	{ "extract", "base system" },
	{ "curthooks", "kernel and boot loader" },
};

static void curtin_step(struct subiquity *in, const char *text)
{
	const char *name = after(text, "executing curtin install ");
	const size_t n = name ? strcspn(name, " ") : 0;
	char id[32], doing[TEXT_MAX + 1];

	if (!n || n >= sizeof(id))
		return;
	memcpy(id, name, n);
	id[n] = '\0';
	snprintf(doing, sizeof(doing), "curtin install: the %s step failed", id);
	set(&in->doing, doing);
	for (size_t i = 0; i < sizeof(curtin_steps) / sizeof(*curtin_steps); i++)
		if (strcmp(id, curtin_steps[i][0]) == 0)
			step(in, id, curtin_steps[i][1]);
}

/* "install_NAME", or "install_NAME/retrieving": the length of NAME, and what is done. */
static const char *package(const char *name, size_t *n, const char **doing)
{
	const char *at = after(name, "subiquity/Install/install/postinstall/install_");

	if (!at)
		return NULL;
	*n = strcspn(at, "/");
	*doing = at[*n] ? at + *n + 1 : "";
	return *n ? at : NULL;
}

static void started(struct subiquity *in, const struct report *r)
{
	const char *doing, *name;
	size_t n;

	/* it goes on: what failed before was borne */
	if (!after(r->name, "subiquity/Error"))
		set(&in->where, NULL);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (strcmp(steps[i].name, r->name) == 0)
			step(in, steps[i].id, steps[i].title);
	curtin_step(in, r->text);
	name = package(r->name, &n, &doing);
	if (name && *doing) {
		_cleanup_free_ char *id = strndup(name, n);

		step(in, "packages", "packages");
		tell(in, (struct event){ .kind = EV_PACKAGE, .id = id, .text = doing });
	}
	if (strcmp(r->name, "subiquity/Error/run") == 0)
		gave_up(in, "its error commands are run");
}

/* --- failures --- */

/* A word in quotes, long ones cut; what is behind it. */
static const char *word(const char *s, FILE *f)
{
	const char quote = *s++;
	size_t n = 0;

	for (; *s && *s != quote; s++, n++) {
		if (*s == '\\' && s[1])
			s++;
		if (n < WORD_MAX)
			fputc(*s, f);
	}
	if (n > WORD_MAX)
		fputs("...", f);
	return *s ? s + 1 : s;
}

/*
 * "Command '['systemd-run', ..., 'curtin', 'in-target', ...]' returned non-zero exit
 * status 3.": "curtin in-target ...: exit status 3". NULL if it is no such thing.
 */
static char *command(const char *text)
{
	const char *s = after(text, "Command '["), *status = NULL;
	const char *curtin = s ? strstr(s, "'curtin', ") : NULL;
	char *out = NULL;
	size_t len;
	FILE *f;

	if (!s && (s = after(text, "Command execution failure: [")))
		curtin = strstr(s, "'curtin', ");
	if (!s)
		return NULL;
	f = open_memstream(&out, &len);
	if (!f)
		return NULL;
	for (s = curtin ? curtin : s; *s == '\'' || *s == '"';) {
		s = word(s, f);
		if (!after(s, ", "))
			break;
		fputc(' ', f);
		s += 2;
	}
	for (const char *e = s; (e = strstr(e, "exit status ")); e++)
		status = e;
	if (status)
		fprintf(f, ": %.*s", (int)strcspn(status, "."), status);
	fclose(f);
	return out;
}

/* With one of these that fails, all has. */
static bool is_whole(const char *name)
{
	static const char *const wholes[] = { "subiquity/Install/install",
		"subiquity/load_autoinstall_config", "subiquity/apply_autoinstall_config" };

	for (size_t i = 0; i < sizeof(wholes) / sizeof(*wholes); i++)
		if (strcmp(name, wholes[i]) == 0)
			return true;
	return false;
}

/* What is borne, or is said again by what is around it, is no news. */
static void failed(struct subiquity *in, const struct report *r)
{
	_cleanup_free_ char *readable = command(r->text);
	const char *text = readable ? readable : r->text, *name, *doing;
	const bool around = in->where && (is_whole(r->name) ||
		strncmp(in->where, r->name, strlen(r->name)) == 0);
	size_t n;

	/* curtin's own failure comes without a word */
	if (!*text && strstr(r->name, "/run_curtin_step") && in->doing)
		text = in->doing;
	if (!around) {
		set(&in->where, r->name);
		set(&in->cause, *text ? text : r->name);
	}
	name = package(r->name, &n, &doing);
	if (name && !*doing) {
		_cleanup_free_ char *id = strndup(name, n);
		const struct fault f = { "package", id ? id : "", "", in->cause };

		tell(in, (struct event){ .kind = EV_FAULT,
				 .id = current(in),
				 .text = f.text ? f.text : "",
				 .fault = &f });
	}
	if (is_whole(r->name))
		gave_up(in, r->name);
}

/* --- a line --- */

static bool is_fail(const struct report *r)
{
	return strcmp(r->result, "FAIL") == 0 || strcmp(r->type, "error") == 0;
}

static void report(struct subiquity *in, const struct report *r)
{
	remember(in, r);
	if (strcmp(r->type, "start") == 0)
		started(in, r);
	if (is_fail(r))
		failed(in, r);
	else if (strcmp(r->name, "subiquity/Shutdown/shutdown") == 0 &&
		 strcmp(r->text, "mode=POWEROFF") == 0 && !in->failed && !in->done) {
		in->done = true;
		tell(in, (struct event){ .kind = EV_DONE });
	}
}

static bool is_report(char *line, struct report *r)
{
	struct jsonread json;
	char *name, *value, *end;
	int n = jsonread_begin(&json, line);

	*r = (struct report){ "", "", "", "", 0 };
	if (n < 0)
		return false;
	while ((n = jsonread_next(&json, &name, &value)) == 1) {
		if (strcmp(name, "name") == 0)
			r->name = value;
		else if (strcmp(name, "description") == 0)
			r->text = value;
		else if (strcmp(name, "event_type") == 0)
			r->type = value;
		else if (strcmp(name, "result") == 0)
			r->result = value;
		else if (strcmp(name, "timestamp") == 0)
			r->t = strtod(value, &end);
	}
	return n == 0 && *r->name && *r->type;
}

/* It may set its clock: time does not go back, nor by more than a day at once. */
static void clock_on(struct subiquity *in, double t)
{
	enum { DAY = 86400 };

	if (!isfinite(t) || t <= 0)
		return;
	if (in->first == 0 || t - in->first > in->t + DAY)
		in->first = t - in->t;
	if (t - in->first > in->t)
		in->t = t - in->first;
}

void subiquity_line(struct subiquity *in, const char *s)
{
	_cleanup_free_ char *line = NULL;
	struct report r;

	/* the console's, which knows no nonce */
	if (strstr(s, "Press enter to start a shell") && !strchr(s, '{')) {
		in->waits = true;
		gave_up(in, "it waits for somebody to press enter");
		return;
	}
	if (in->nonce) {
		const char *rest = after(s, in->nonce);

		if (!rest || *rest != ' ')
			return;
		s = rest + 1;
	}
	line = strdup(s);
	if (!line || !is_report(line, &r))
		return;
	clock_on(in, r.t);
	report(in, &r);
}

void subiquity_free(struct subiquity *in)
{
	free(in->step);
	free(in->doing);
	free(in->cause);
	free(in->where);
	for (size_t i = 0; i < SUBIQUITY_KEPT; i++)
		free(in->log[i]);
}
