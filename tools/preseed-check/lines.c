// SPDX-License-Identifier: MIT
/*
 * lines.c - a preseed file's lines, taken apart as the installer's own
 * debconf-set-selections does it, and where each byte was.
 *
 * That goes line by line: those with # in the first column and empty ones are
 * dropped, even between lines that are joined by a backslash; blanks before a
 * line and before a backslash at its end go; joined lines get one blank between.
 *
 * Two things are not taken as the installer does, but as they were meant, so that
 * one slip is told once: an answer that a backslash before it has joined to another
 * is one of its own, and blanks behind a backslash do not end the answer.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t\v\f\r";
static const char tag[] = "preseed-check: ignore";

struct reader {
	struct check *c;
	const char *end; /* of the file */
	struct text joined;
	FILE *f;      /* of joined, NULL between answers */
	size_t width; /* of what is in it */
	struct segment *seg;
	size_t segs, room;
	unsigned first, branch;
	bool shell;	 /* what is joined is a command */
	char quote;	 /* that is open in it */
	uint32_t hidden; /* for the next answer */
	struct slip slip;
	unsigned *block; /* of a template: the branch that each open one is in */
	size_t depth, blockroom;
	unsigned branches;
	bool cheetah, unclosed;
};

/* "# preseed-check: ignore RULE..." puts rules to rest; without a rule, all. */
static void directive(struct reader *r, const char *s, const char *end)
{
	uint32_t bits = 0, *to = &r->hidden;

	while (s < end && (*s == '#' || strchr(blanks, *s)))
		s++;
	if ((size_t)(end - s) < sizeof(tag) - 1 || memcmp(s, tag, sizeof(tag) - 1) != 0)
		return;
	s += sizeof(tag) - 1;
	if (end - s >= 5 && memcmp(s, "-file", 5) == 0) {
		to = &r->c->file->hidden;
		s += 5;
	}
	while (s < end) {
		size_t n = 0;
		enum rule rule;

		while (s + n < end && !strchr(" \t\r,", s[n]))
			n++;
		rule = n ? rule_find(s, n) : RULE_COUNT;
		bits |= rule < RULE_COUNT ? 1U << rule : 0;
		s += n ? n : 1;
	}
	*to |= bits ? bits : UINT32_MAX;
}

/* The next word from *p on: where it ends is told by masked, what it is by text. */
static struct part word(
	struct check *c, const char *text, const char *masked, size_t *p)
{
	size_t n = strcspn(masked + *p, blanks);
	struct part part = { pool_strndup(c->pool, text + *p, n), *p };

	*p += n;
	*p += strspn(masked + *p, blanks);
	return part;
}

/* "string<%= x %>" will have a blank in between, or nothing at all. */
static void type_before_template(struct answer *a, struct pool *pool, size_t *p)
{
	size_t n = strcspn(a->masked + a->type.at, "$");

	if (a->masked == a->text || n > strlen(a->type.s) ||
		a->masked[a->type.at + n] != '$' ||
		qtype_find(a->type.s, n) == QT_COUNT)
		return;
	a->type.s = pool_strndup(pool, a->type.s, n);
	*p = a->type.at + n;
}

static void take_apart(struct check *c, struct answer *a)
{
	size_t p = 0, n;

	a->masked = template_mask(c->pool, a->text);
	a->owner = word(c, a->text, a->masked, &p);
	a->question = word(c, a->text, a->masked, &p);
	a->type = word(c, a->text, a->masked, &p);
	type_before_template(a, c->pool, &p);
	n = a->len > p ? a->len - p : 0;
	while (n && strchr(blanks, a->text[p + n - 1]))
		n--;
	a->value = (struct part){ pool_strndup(c->pool, a->text + p, n), p };
	a->seen = strcmp(a->type.s, "seen") == 0;
	a->broken = !*a->type.s;
}

static void finish(struct reader *r)
{
	struct file *f = r->c->file;
	struct answer a = { .line = r->first,
		.hidden = r->hidden,
		.branch = r->branch,
		.slip = r->slip };

	a.text = text_close(&r->joined, r->c->pool);
	a.len = r->joined.len;
	r->f = NULL;
	a.seg = pool_alloc(r->c->pool, r->segs * sizeof(*a.seg));
	memcpy(a.seg, r->seg, r->segs * sizeof(*a.seg));
	a.segs = r->segs;
	r->segs = 0;
	r->hidden = 0;
	r->slip = (struct slip){ 0 };
	take_apart(r->c, &a);
	f->v = grow(f->v, f->n, &f->room, sizeof(*f->v));
	f->v[f->n++] = a;
}

/* An owner, a question and a type, or what can only be a question of the installer. */
static bool looks_like_answer(const char *s, const char *end)
{
	const char *w[3];
	size_t n[3];

	for (size_t i = 0; i < 3; i++) {
		while (s < end && strchr(blanks, *s))
			s++;
		for (w[i] = s; s < end && !strchr(blanks, *s);)
			s++;
		n[i] = (size_t)(s - w[i]);
	}
	if (n[0] < 2 || *w[0] < 'a' || *w[0] > 'z' || memchr(w[0], '/', n[0]) ||
		n[1] < 3 || *w[1] < 'a' || *w[1] > 'z' || !memchr(w[1], '/', n[1]) ||
		memchr(w[1], '{', n[1]) || memchr(w[1], ':', n[1]))
		return false;
	if (n[0] == 3 && memcmp(w[0], "d-i", 3) == 0)
		return true;
	return (n[2] == 4 && memcmp(w[2], "seen", 4) == 0) ||
	       qtype_find(w[2], n[2]) != QT_COUNT;
}

/* The next line that is not dropped looks like an answer, or there is none. */
static bool answer_follows(const struct reader *r, const char *nl)
{
	while (nl < r->end) {
		const char *s = nl + 1;

		nl = memchr(s, '\n', (size_t)(r->end - s));
		if (!nl)
			nl = r->end;
		if (s < nl && *s == '#')
			continue;
		while (s < nl && strchr(blanks, *s))
			s++;
		if (s < nl)
			return looks_like_answer(s, nl);
	}
	return true;
}

/* An answer begins where another should go on: the backslash was one too many. */
static void swallowed(struct reader *r)
{
	const struct segment *last = &r->seg[r->segs - 1];
	struct slip slip = r->slip;

	if (!slip.into) {
		slip.into = r->first;
		slip.question = NULL;
	}
	slip.line = last->line;
	slip.from = last->end;
	slip.to = last->past;
	finish(r);
	if (!slip.question)
		slip.question = r->c->file->v[r->c->file->n - 1].question.s;
	r->slip = slip;
}

/* Appends a piece of a line; quotes count in commands alone. */
static void append(struct reader *r, const char *s, const char *end)
{
	if (r->width) {
		fputc(' ', r->f);
		r->width++;
	}
	fwrite(s, 1, (size_t)(end - s), r->f);
	r->width += (size_t)(end - s);
	for (; r->shell && s < end; s++) {
		if (r->quote)
			r->quote = *s == r->quote ? '\0' : r->quote;
		else if (*s == '\\')
			s++;
		else if (*s == '\'' || *s == '"')
			r->quote = *s;
	}
}

static void start(struct reader *r, const char *s, const char *end, unsigned line)
{
	r->f = text_open(&r->joined);
	r->width = 0;
	r->first = line;
	r->branch = r->depth ? r->block[r->depth - 1] : 0;
	r->shell = memmem(s, (size_t)(end - s), "_command", 8) != NULL;
	r->quote = '\0';
}

static void take(struct reader *r, const char *s, const char *nl, unsigned line)
{
	const char *end = nl, *past;
	bool more, late = false;

	while (end > s && end[-1] == '\r')
		end--;
	past = end;
	more = end > s && end[-1] == '\\';
	if (!more) {
		while (end > s && strchr(blanks, end[-1]))
			end--;
		late = end > s && end[-1] == '\\' && end < past;
		more = late && !answer_follows(r, nl);
		if (!late)
			end = past;
	}
	if (more || late)
		for (end--; end > s && strchr(blanks, end[-1]);)
			end--;
	if (r->f && r->width && !r->quote && looks_like_answer(s, nl))
		swallowed(r);
	if (!r->f)
		start(r, s, nl, line);
	r->seg = grow(r->seg, r->segs, &r->room, sizeof(*r->seg));
	r->seg[r->segs++] = (struct segment){ r->width + (r->width != 0),
		(size_t)(s - r->c->file->text), line, (size_t)(end - r->c->file->text),
		(size_t)(past - r->c->file->text),
		late ? more ? LATE_MORE : LATE_LAST : LATE_NOT };
	append(r, s, end);
	if (!more)
		finish(r);
}

static bool empty(const char *s, const char *end)
{
	while (s < end && strchr(blanks, *s))
		s++;
	return s == end;
}

static void turn(struct reader *r, enum turn t)
{
	if (t == TURN_OPEN) {
		r->block = grow(r->block, r->depth, &r->blockroom, sizeof(*r->block));
		r->block[r->depth++] = ++r->branches;
	} else if (t == TURN_ELSE && r->depth) {
		r->block[r->depth - 1] = ++r->branches;
	} else if (t == TURN_CLOSE && r->depth) {
		r->depth--;
	}
}

/*
 * Past the template's own at the line's beginning, over lines where it takes several;
 * *nl is the end of the line that comes after, *line its number.
 */
static const char *past_template(
	struct reader *r, const char *s, const char **nl, unsigned *line)
{
	bool text = false;
	size_t n;

	for (;;) {
		while (s < *nl && strchr(blanks, *s))
			s++;
		n = template_at(s, *nl, &text);
		if (!n && !r->unclosed && template_opens(s, *nl)) {
			n = template_at(s, r->end, &text);
			r->unclosed = !n;
			text = false; /* lines that are the template's, whatever comes
				       */
		}
		if (!n || text)
			return s;
		r->c->file->template = true;
		turn(r, template_turn(s, s + n));
		for (const char *p = s; p < s + n; p++)
			*line += *p == '\n';
		s += n;
		*nl = memchr(s, '\n', (size_t)(r->end - s));
		if (!*nl)
			*nl = r->end;
	}
}

/* The blocks that begin and end within the line. */
static void inner_turns(struct reader *r, const char *s, const char *nl)
{
	unsigned missing = 0;

	while (s < nl)
		turn(r, template_next(&s, nl, &missing));
}

/* The line from p on; where it ends, which may be lines further down. */
static const char *line_read(
	struct reader *r, const char *p, const char *nl, unsigned *line)
{
	struct file *f = r->c->file;
	const char *s;
	unsigned first;

	if (*p == '#') {
		directive(r, p, nl);
		if (r->cheetah && template_line(p, nl))
			turn(r, template_turn(p, nl));
		return nl;
	}
	if (empty(p, nl))
		return nl;
	s = past_template(r, p, &nl, line);
	first = *line;
	if (s < nl && (*s != '#' || r->cheetah) && template_line(s, nl)) {
		turn(r, template_turn(s, nl));
		f->template = true;
	} else if (s < nl && template_output(s, nl) && !r->f) {
		/* lines that only the template's program knows */
		f->template = true;
	} else if (!empty(s, nl)) {
		take(r, s, nl, first);
		inner_turns(r, s, nl);
	}
	return nl;
}

/* Cheetah's lines begin as comments do; that they are none shows where a block ends. */
static bool has_cheetah(const char *text)
{
	if (strstr(text, "$SNIPPET") || strncmp(text, "#end", 4) == 0)
		return true;
	return strstr(text, "\n#end ") || strstr(text, "\n#end\n");
}

static const char *byte_order_mark(struct check *c)
{
	static const char mark[] = "\xef\xbb\xbf";
	struct file *f = c->file;

	if (f->len < 3 || memcmp(f->text, mark, 3) != 0)
		return f->text;
	found_bytes(c, NULL, 0, 1, R_SYNTAX, "a byte order mark: %s",
		f->len > 3 && f->text[3] == '#'
			? "the line is no comment to the installer"
			: "to the installer it is part of the first word");
	mend_bytes(c, 0, 3, "");
	return f->text + 3;
}

void lines_read(struct check *c)
{
	struct reader r = { .c = c, .end = c->file->text + c->file->len };
	const char *p = byte_order_mark(c), *nl;
	struct answer *last;

	r.cheetah = has_cheetah(c->file->text);
	c->file->template |= r.cheetah;
	for (unsigned line = 1; p < r.end; p = nl + 1, line++) {
		nl = memchr(p, '\n', (size_t)(r.end - p));
		nl = line_read(&r, p, nl ? nl : r.end, &line);
		if (nl == r.end)
			break;
	}
	if (r.f) {
		finish(&r);
		last = &c->file->v[c->file->n - 1];
		found(c, last, 0, 1, LEVEL_ERROR, R_SYNTAX,
			"ends with a backslash, and no line follows: the installer "
			"drops it");
		mend_bytes(c, last->seg[last->segs - 1].end,
			last->seg[last->segs - 1].past, "");
		last->broken = true;
	}
	free(r.seg);
	free(r.block);
}
