// SPDX-License-Identifier: MIT
#include "show.h"
#include "cleanup.h"
#include "diag.h"
#include "json.h"
#include "question.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

const char *const event_names[EV_KINDS] = {
	[EV_STEP] = "step",
	[EV_PROGRESS] = "progress",
	[EV_PACKAGE] = "package",
	[EV_QUESTION] = "question",
	[EV_ERROR] = "error",
	[EV_FAULT] = "fault",
	[EV_DONE] = "done",
};

static void field(FILE *f, const char *s)
{
	fputc('\t', f);
	fput_visible(s ? s : "", f);
}

void show_text(FILE *f, const struct event *e)
{
	fprintf(f, "%.0f\t%s", e->t, event_names[e->kind]);
	if (e->kind == EV_PROGRESS)
		fprintf(f, "\t%d", e->percent);
	if (e->kind == EV_QUESTION) {
		field(f, e->question->name);
		field(f, e->question->type);
		field(f, e->seconds < 0 ? "waits" : "answered");
		field(f, e->question->title);
	} else if (e->kind == EV_FAULT) {
		field(f, e->fault->kind);
		field(f, e->fault->package);
		field(f, e->fault->source);
		field(f, e->text);
	} else if (e->kind != EV_DONE) {
		field(f, e->id);
		field(f, e->text);
	}
	fputc('\n', f);
}

static void pair(FILE *f, const char *key, const char *value)
{
	fprintf(f, ",\"%s\":", key);
	json_string(value ? value : "", f);
}

static void json_question(FILE *f, const struct event *e)
{
	const struct question *q = e->question;
	char *answer = NULL;

	pair(f, "question", q->name);
	pair(f, "type", q->type);
	pair(f, "title", q->title);
	pair(f, "text", q->text);
	pair(f, "choices", q->choices);
	if (question_answer(q, &answer))
		pair(f, "answer", answer);
	free(answer);
	if (e->seconds >= 0)
		fprintf(f, ",\"waited\":%.0f", e->seconds);
	fprintf(f, ",\"waits\":%s", e->seconds < 0 ? "true" : "false");
}

void show_json(FILE *f, const struct event *e)
{
	static const char *const texts[EV_KINDS] = { [EV_STEP] = "title",
		[EV_PROGRESS] = "about",
		[EV_PACKAGE] = "action",
		[EV_ERROR] = "text",
		[EV_FAULT] = "text" };

	fprintf(f, "{\"t\":%.0f,\"event\":\"%s\"", e->t, event_names[e->kind]);
	if (e->kind == EV_PACKAGE)
		pair(f, "package", e->id);
	else if (e->kind != EV_DONE)
		pair(f, "step", e->id);
	if (e->kind == EV_FAULT) {
		pair(f, "kind", e->fault->kind);
		pair(f, "package", e->fault->package);
		pair(f, "source", e->fault->source);
	}
	if (texts[e->kind])
		pair(f, texts[e->kind], e->text);
	if (e->kind == EV_PROGRESS)
		fprintf(f, ",\"percent\":%d", e->percent);
	if (e->kind == EV_QUESTION)
		json_question(f, e);
	if (e->log_count) {
		fputs(",\"log\":[", f);
		for (size_t i = 0; i < e->log_count; i++) {
			fputs(i ? "," : "", f);
			json_string(e->log[i], f);
		}
		fputc(']', f);
	}
	fputs("}\n", f);
}

/* --- for a person --- */

enum { COLUMNS = 72 };

static void indented(FILE *f, const char *s)
{
	while (s && *s) {
		size_t n = strcspn(s, "\n");
		char *line;

		for (size_t cut = n > COLUMNS ? COLUMNS : 0; cut > COLUMNS / 2; cut--)
			if (s[cut] == ' ') {
				n = cut;
				break;
			}
		line = strndup(s, n);
		if (n && line) {
			fputs("    ", f);
			fput_visible(line, f);
			fputc('\n', f);
		}
		free(line);
		s += n + (s[n] == '\n' || s[n] == ' ');
	}
}

static void labelled(FILE *f, const char *label, const char *s)
{
	if (!s || !*s)
		return;
	fprintf(f, "  %s ", label);
	fput_visible(s, f);
	fputc('\n', f);
}

void show_plainly(FILE *f, const struct event *e, bool again)
{
	const struct question *q = e->question;
	const bool error = !q || question_is_error(q);
	char *answer = NULL;

	if (!q) {
		fputs("The installer gave up: ", f);
		fput_visible(e->text, f);
	} else {
		fputs(error ? "The installer reports an error: "
			    : "The installer asks: ",
			f);
		fput_visible(q->name, f);
		if (q->type && *q->type) {
			fputs(" (", f);
			fput_visible(q->type, f);
			fputc(')', f);
		}
	}
	fputc('\n', f);
	if (q) {
		indented(f, q->title);
		indented(f, q->text);
		labelled(f, "choices:", q->choices);
		if (question_answer(q, &answer))
			labelled(f, "answered by this line of the recipe:", answer);
		free(answer);
	}
	if (again && !q)
		return;
	if (error && e->log_count)
		fputs("  the log before it:\n", f);
	for (size_t i = 0; error && i < e->log_count; i++)
		labelled(f, " ", e->log[i]);
}

static void set(char **slot, const char *s)
{
	free(*slot);
	*slot = strdup(s);
}

static void time_left(char *out, size_t size, double left)
{
	*out = '\0';
	if (left >= 90)
		snprintf(out, size, ", %.0f min left", ceil(left / 60));
	else if (left >= 0)
		snprintf(out, size, ", %.0f s left", ceil(left / 10) * 10);
}

/* The cells of a terminal that s fills, at one for each character. */
static size_t cells(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* s without its last characters, so that it fills no more than n cells. */
static void cut(char *s, size_t n)
{
	size_t have = 0;

	for (; *s; s++) {
		if (((unsigned char)*s & 0xc0) == 0x80)
			continue;
		if (have++ == n) {
			*s = '\0';
			return;
		}
	}
}

/* What is being done, as far as there is room for it. */
static char *about_line(const struct bar *b, size_t room)
{
	char *line = NULL;
	size_t size;
	FILE *f = open_memstream(&line, &size);

	if (!f)
		return NULL;
	fput_visible(b->step ? b->step : "start", f);
	if (b->about && *b->about) {
		fputs(": ", f);
		fput_visible(b->about, f);
	}
	fclose(f);
	if (line)
		cut(line, room);
	return line;
}

static void whole_line(struct bar *b, struct pace *p)
{
	enum { ABOUT = 48 };
	char left[64];

	time_left(left, sizeof(left), pace_left(p));
	if (b->name)
		fprintf(b->f, "%s: ", b->name);
	fprintf(b->f, "%5.0fs %3d %%  ", p->t, pace_percent(p));
	if (b->about && *b->about) {
		_cleanup_free_ char *about = about_line(b, ABOUT);

		fputs(about ? about : "", b->f);
	} else {
		fput_visible(b->step ? b->step : "start", b->f);
	}
	fprintf(b->f, "%s\n", left);
	fflush(b->f);
	b->told_at = p->t;
}

/* How long the bar is where it shares that many cells with what is being done. */
static int bar_width(int room)
{
	enum { WIDE = 24, SHORT = 8, LEAST = 4, BRACKETS = 2, ABOUT = 18 };
	const int wide = room - BRACKETS - ABOUT;

	if (wide >= SHORT)
		return wide < WIDE ? wide : WIDE;
	room -= BRACKETS;
	return room < LEAST ? 0 : room < SHORT ? room : SHORT;
}

/* One cell of the line stays free: a full one would take the cursor to the next. */
static void redraw(struct bar *b, struct pace *p)
{
	struct winsize ws = { 0 };
	char head[176], tail[80], left[64], bar[64] = "";
	_cleanup_free_ char *about = NULL;
	const int percent = pace_percent(p);
	int room, wide;

	room = ioctl(fileno(b->f), TIOCGWINSZ, &ws) == 0 && ws.ws_col ? ws.ws_col : 80;
	time_left(left, sizeof(left), pace_left(p));
	snprintf(head, sizeof(head), "%.160s", b->name ? b->name : "");
	cut(head, (size_t)room / 3);
	if (b->name) {
		const size_t len = strlen(head);

		snprintf(head + len, sizeof(head) - len, ": ");
	}
	snprintf(tail, sizeof(tail), "%3d %%%s  ", percent, left);
	room -= (int)(cells(head) + cells(tail)) + 1;
	wide = bar_width(room);
	if (wide) {
		const int full = percent * wide / 100;

		snprintf(bar, sizeof(bar), "[%.*s%.*s] ", full,
			"########################", wide - full,
			"........................");
		room -= (int)strlen(bar);
	}
	if (room < 0) /* a name and a percent are more than fit */
		cut(tail,
			(int)cells(tail) + room > 0 ? cells(tail) - (size_t)-room : 0);
	else
		about = about_line(b, (size_t)room);
	fprintf(b->f, "\r%s%s%s%s\033[K", head, bar, tail, about ? about : "");
	fflush(b->f);
	b->drawn = true;
}

/* A line a minute, whether it is further or not: it shows that work goes on, and at
 * what. */
static void now_and_then(struct bar *b, struct pace *p)
{
	enum { QUIET = 60 };

	if (!b->redraws && p->t - b->told_at >= QUIET)
		whole_line(b, p);
}

void bar_draw(struct bar *b, struct pace *p)
{
	if (b->redraws)
		redraw(b, p);
	else
		now_and_then(b, p);
}

/* What stands on the line goes before something that stays. */
static void clear(struct bar *b)
{
	if (b->drawn)
		fputs("\r\033[K", b->f);
	b->drawn = false;
}

void bar_event(struct bar *b, struct pace *p, const struct event *e)
{
	char *about = NULL;

	switch (e->kind) {
	case EV_STEP:
		set(&b->step, e->text);
		set(&b->about, "");
		b->gave_up = false;
		if (!b->redraws)
			whole_line(b, p);
		break;
	case EV_PACKAGE:
		if (asprintf(&about, "%s %s", e->text, e->id) > 0)
			set(&b->about, about);
		free(about);
		now_and_then(b, p);
		break;
	case EV_PROGRESS:
		if (*e->text)
			set(&b->about, e->text);
		now_and_then(b, p);
		break;
	case EV_QUESTION:
	case EV_ERROR:
		if (e->kind == EV_QUESTION && e->seconds >= 0)
			break;
		clear(b);
		show_plainly(b->f, e, b->gave_up);
		fflush(b->f);
		b->gave_up |= e->kind == EV_ERROR;
		break;
	case EV_FAULT:
	case EV_DONE:
	case EV_KINDS:
		break;
	}
}

void bar_end(struct bar *b)
{
	if (b->drawn)
		fputc('\n', b->f);
	b->drawn = false;
	free(b->step);
	free(b->about);
}
