// SPDX-License-Identifier: MIT
#include "pace.h"
#include "atomicfile.h"
#include "cleanup.h"
#include "slurp.h"

#include <errno.h>
#include <string.h>

enum { FILE_MAX = 65536, DAY = 86400 };

static struct pace_step *find(struct pace *p, const char *id)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->step[i].id, id) == 0)
			return &p->step[i];
	return NULL;
}

static struct pace_step *add(struct pace *p, const char *id, double expected)
{
	struct pace_step *s = find(p, id);

	if (!s && p->count < PACE_STEPS) {
		s = &p->step[p->count];
		s->id = strdup(id);
		if (!s->id)
			return NULL;
		p->count++;
	}
	if (s)
		s->expected = expected;
	return s;
}

/* Proportions of a small system's installation; their sum says nothing. */
void pace_init(struct pace *p)
{
	static const struct {
		const char *id;
		double expected;
	} usual[] = {
		{ "start", 8 },
		{ "ethdetect", 4 },
		{ "netcfg", 8 },
		{ "choose-mirror", 2 },
		{ "disk-detect", 4 },
		{ "partman-base", 6 },
		{ "bootstrap-base", 168 },
		{ "apt-setup-udeb", 20 },
		{ "pkgsel", 54 },
		{ "grub-installer", 32 },
		{ "finish-install", 20 },
	};

	*p = (struct pace){ .now = -1, .share = -1 };
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		add(p, usual[i].id, usual[i].expected);
}

int pace_parse(struct pace *p, const char *text)
{
	_cleanup_free_ char *copy = strdup(text);
	char *rest, *line = copy ? strtok_r(copy, "\n", &rest) : NULL;

	pace_free(p);
	for (; line; line = strtok_r(NULL, "\n", &rest)) {
		char *end;
		const double secs = strtod(line, &end);

		if (end == line || *end != '\t' || !end[1] || !(secs >= 0) ||
			secs > DAY)
			return -EBADMSG;
		add(p, end + 1, secs);
	}
	p->known = p->count > 0;
	if (!p->known)
		pace_init(p);
	return 0;
}

int pace_read(struct pace *p, const char *path)
{
	_cleanup_free_ char *text = NULL;
	size_t n;
	int r = slurp_file(path, FILE_MAX, &text, &n);

	if (r == 0)
		r = strlen(text) == n ? pace_parse(p, text) : -EBADMSG;
	if (r < 0) {
		pace_free(p);
		pace_init(p);
	}
	return r;
}

static void end_step(struct pace *p, double t)
{
	if (p->now >= 0)
		p->step[p->now].took += t - p->since;
	p->since = t;
}

static void begin(struct pace *p, const char *id, double t)
{
	struct pace_step *s = find(p, id);

	end_step(p, t);
	if (!s)
		s = add(p, id, 0);
	p->now = s ? (int)(s - p->step) : -1;
	p->share = -1;
	p->moved = t;
	if (s && !s->met)
		p->order[p->met++] = p->now;
	if (s)
		s->met = true;
}

void pace_event(struct pace *p, const struct event *e)
{
	p->t = e->t;
	if (p->now < 0 && e->kind != EV_STEP)
		begin(p, "start", 0);
	if (e->kind == EV_STEP) {
		if (p->now < 0) /* what came before the menu */
			begin(p, "start", 0);
		begin(p, e->id, e->t);
	} else if (e->kind == EV_PROGRESS && e->percent >= 0) {
		if (p->share != e->percent / 100.0)
			p->moved = e->t;
		p->share = e->percent / 100.0;
	} else if (e->kind == EV_DONE) {
		end_step(p, e->t);
		p->percent = 100;
	}
}

void pace_time(struct pace *p, double t)
{
	if (t > p->t)
		p->t = t;
}

/*
 * How long it takes for each second that was expected, by the steps that have ended:
 * what is left can't be known by itself.
 */
static double speed(const struct pace *p)
{
	enum { ENOUGH = 20 };
	double took = 0, expected = 0, n;

	for (size_t i = 0; i < p->count; i++) {
		const struct pace_step *s = &p->step[i];

		if ((int)i == p->now || !(s->took > 0) || !(s->expected > 0))
			continue;
		took += s->took;
		expected += s->expected;
	}
	n = expected >= ENOUGH ? took / expected : 1;
	return n < 0.1 ? 0.1 : n > 10 ? 10 : n;
}

/*
 * The current step's share: as its bar says, and by the clock since that moved last, as
 * some bars stand still for as long as a step takes.
 */
static double share(const struct pace *p)
{
	enum { SHORT = 10 };
	const double expected = p->now >= 0 ? p->step[p->now].expected : 0;
	const double seconds = expected * speed(p);
	/* a short step's bars come one after the other, each from its beginning */
	const bool bar = p->share >= 0 && expected > SHORT;
	double n = bar ? p->share : 0;

	if (seconds > 0)
		n += (p->t - (bar ? p->moved : p->since)) / seconds * (1 - n);
	if (n > 0.95 && !(bar && p->share > 0.95))
		n = 0.95;
	return n > 1 ? 1 : n;
}

/*
 * Where it began: what was forked from another began in the middle, and the steps
 * before are none of its own.
 */
static size_t first_step(const struct pace *p)
{
	size_t first = p->count;

	for (size_t i = 1; i < p->met; i++) /* without "start", which all have */
		if (p->step[p->order[i]].expected > 0 && (size_t)p->order[i] < first)
			first = (size_t)p->order[i];
	return first < p->count ? first : 0;
}

/* What is expected of all that is done, and of all that is not. */
static void weigh(const struct pace *p, double *done, double *left)
{
	/* a step that was not expected says nothing of those that were */
	const bool placed = p->now >= 0 && p->step[p->now].expected > 0;
	const size_t first = first_step(p);

	*done = *left = 0;
	for (size_t i = 0; i < p->count; i++) {
		const struct pace_step *s = &p->step[i];

		if (i < first && !(s->took > 0))
			continue;
		if ((int)i == p->now) {
			*done += s->expected * share(p);
			*left += s->expected * (1 - share(p));
		} else if (s->met || (placed && (int)i < p->now)) {
			*done += s->expected;
		} else {
			*left += s->expected;
		}
	}
}

int pace_percent(struct pace *p)
{
	double done, left;
	int percent;

	weigh(p, &done, &left);
	percent = done + left > 0 ? (int)(100 * done / (done + left)) : 0;
	if (percent > 99)
		percent = 99; /* a hundred is said by the installer alone */
	if (percent > p->percent)
		p->percent = percent;
	return p->percent;
}

/* It takes so much longer than was expected that this says nothing any more. */
static bool overdue(const struct pace *p)
{
	enum { LATE = 30 };
	const double expected = p->now >= 0 ? p->step[p->now].expected : 0;

	return p->t - p->since > 1.5 * expected * speed(p) + LATE;
}

double pace_left(const struct pace *p)
{
	double done, left;

	if (!p->known || p->others || overdue(p))
		return -1;
	weigh(p, &done, &left);
	return left * speed(p);
}

int pace_write(const struct pace *p, const char *path)
{
	_cleanup_(atomic_drop) struct atomicfile a = { 0 };
	int r = atomic_open(&a, path);

	if (r < 0)
		return r;
	for (size_t i = 0; i < p->met; i++) {
		const struct pace_step *s = &p->step[p->order[i]];

		if (!strpbrk(s->id, "\t\n"))
			fprintf(a.f, "%.1f\t%s\n",
				p->known && s->expected > 0
					? (s->expected + s->took) / 2
					: s->took,
				s->id);
	}
	return atomic_commit(&a);
}

void pace_free(struct pace *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->step[i].id);
	*p = (struct pace){ .now = -1, .share = -1 };
}
