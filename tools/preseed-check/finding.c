// SPDX-License-Identifier: MIT
/* finding.c - what is wrong, and where. */
#include "check.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct segment *segment_of(const struct answer *a, size_t at)
{
	size_t lo = 0, hi = a->segs;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (a->seg[mid].at <= at)
			lo = mid;
		else
			hi = mid;
	}
	return &a->seg[lo];
}

/* Where in the file a byte of the answer's text was. */
static size_t place(const struct answer *a, size_t at)
{
	const struct segment *s = segment_of(a, at);

	return s->from + (at - s->at);
}

static unsigned characters(const char *s, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	return n;
}

static struct finding *add(struct check *c, uint32_t hidden, enum level level,
	enum rule rule, const char *fmt, va_list ap)
{
	struct file *f = c->file;
	char *message = NULL;

	if ((hidden | f->hidden) & 1U << rule)
		return NULL;
	if (vasprintf(&message, fmt, ap) < 0)
		message = NULL;
	f->f = grow(f->f, f->findings, &f->froom, sizeof(*f->f));
	f->f[f->findings] = (struct finding){ .level = level,
		.rule = rule,
		.line = 1,
		.column = 1,
		.message = pool_adopt(c->pool, message),
		.question = "" };
	return &f->f[f->findings++];
}

static bool has_word(const char *text, const char *word, size_t len)
{
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, " ");

		if (n == len && memcmp(p, word, len) == 0)
			return true;
		p += n;
		p += strspn(p, " ");
	}
	return false;
}

/*
 * The same answer in what preseed --explain wrote; where a list came together from
 * many lines, the one with the word in question.
 */
static const char *origin_of(
	const struct check *c, const struct answer *a, size_t at, size_t len)
{
	const char *from = NULL;
	const bool in_value = at >= a->value.at && at < a->len;

	for (size_t i = 0; i < c->origins; i++)
		if (strcmp(c->origin[i].question, a->question.s) == 0 &&
			(!from || strcmp(c->origin[i].value, a->value.s) == 0))
			from = c->origin[i].from;
	for (size_t i = 0; in_value && from && i < c->origins; i++)
		if (!*c->origin[i].question && at + len <= a->len &&
			len < strlen(a->value.s) &&
			has_word(c->origin[i].value, a->text + at, len))
			return c->origin[i].from;
	return from;
}

/* Where a byte of the file stands; findings come in order, most often. */
static void set_place(struct check *c, struct finding *f, size_t from, size_t len)
{
	const char *text = c->file->text;
	size_t line, left = 0;

	if (from >= c->file->len)
		from = c->file->len ? c->file->len - 1 : 0;
	if (c->place.column && from >= c->place.from &&
		!memchr(text + c->place.from, '\n', from - c->place.from)) {
		line = c->place.start;
		f->column = c->place.column +
			    characters(text + c->place.from, from - c->place.from);
	} else {
		line = from;
		while (line > 0 && text[line - 1] != '\n')
			line--;
		f->column = characters(text + line, from - line) + 1;
	}
	c->place.from = from;
	c->place.start = line;
	c->place.column = f->column;
	while (left < len && from + left < c->file->len &&
		!strchr("\r\n", text[from + left]))
		left++;
	f->from = line;
	f->width = characters(text + from, left);
	f->width = f->width ? f->width : 1;
}

void found_bytes(struct check *c, const struct answer *a, size_t from, unsigned line,
	enum rule rule, const char *fmt, ...)
{
	struct finding *f;
	va_list ap;

	va_start(ap, fmt);
	f = c->last = add(c, a ? a->hidden : 0, LEVEL_ERROR, rule, fmt, ap);
	va_end(ap);
	if (!f)
		return;
	f->line = line;
	f->question = a ? a->question.s : "";
	set_place(c, f, from, 1);
}

void found(struct check *c, const struct answer *a, size_t at, size_t len,
	enum level level, enum rule rule, const char *fmt, ...)
{
	struct finding *f;
	va_list ap;

	va_start(ap, fmt);
	f = c->last = add(c, a->hidden, level, rule, fmt, ap);
	va_end(ap);
	if (!f)
		return;
	f->question = a->question.s;
	if (!a->segs) {
		/* programs of the installed system may read it as well */
		if (rule == R_UNKNOWN && level == LEVEL_ERROR)
			f->level = LEVEL_WARNING;
		f->origin = "the kernel command line";
		return;
	}
	set_place(c, f, place(a, at < a->len ? at : a->len ? a->len - 1 : 0), len);
	f->line = segment_of(a, at)->line;
	f->origin = origin_of(c, a, at, len);
}

void found_file(struct check *c, const char *question, enum level level, enum rule rule,
	const char *fmt, ...)
{
	struct finding *f;
	va_list ap;

	va_start(ap, fmt);
	f = c->last = add(c, 0, level, rule, fmt, ap);
	va_end(ap);
	if (f)
		f->question = question;
}

void mend_bytes(struct check *c, size_t from, size_t to, const char *with)
{
	struct edit *e;

	if (!c->last)
		return;
	e = pool_alloc(c->pool, sizeof(*e));
	*e = (struct edit){ from, to, with };
	c->last->fix = e;
}

void mend(struct check *c, const struct answer *a, size_t at, size_t len,
	const char *with)
{
	if (!a->segs || segment_of(a, at) != segment_of(a, at + (len ? len - 1 : 0)))
		return;
	mend_bytes(c, place(a, at), place(a, at) + len, with);
}
