/*
 * lines.c - a preseed file's lines, taken apart as the installer's own
 * debconf-set-selections does it, and where each byte was.
 *
 * That goes line by line: those with # in the first column and empty ones are
 * dropped, even between lines that are joined by a backslash; blanks before a
 * line and before a backslash at its end go; joined lines get one blank between.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t\v\f\r";
static const char tag[] = "preseed-check: ignore";

struct reader {
	struct check *c;
	struct text joined;
	FILE *f; /* of joined, NULL between answers */
	struct segment *seg;
	size_t segs, room;
	unsigned first;
	uint32_t hidden; /* for the next answer */
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

/* The next word of the text from *p on. */
static struct part word(struct check *c, const char *text, size_t *p)
{
	size_t n = strcspn(text + *p, blanks);
	struct part part = { pool_strndup(c->pool, text + *p, n), *p };

	*p += n;
	*p += strspn(text + *p, blanks);
	return part;
}

static void take_apart(struct check *c, struct answer *a)
{
	size_t p = 0, n;

	a->owner = word(c, a->text, &p);
	a->question = word(c, a->text, &p);
	a->type = word(c, a->text, &p);
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
	struct answer a = { .line = r->first, .hidden = r->hidden };

	a.text = text_close(&r->joined, r->c->pool);
	a.len = r->joined.len;
	r->f = NULL;
	a.seg = pool_alloc(r->c->pool, r->segs * sizeof(*a.seg));
	memcpy(a.seg, r->seg, r->segs * sizeof(*a.seg));
	a.segs = r->segs;
	r->segs = 0;
	r->hidden = 0;
	take_apart(r->c, &a);
	f->v = grow(f->v, f->n, &f->room, sizeof(*f->v));
	f->v[f->n++] = a;
}

static void take(struct reader *r, const char *s, const char *end, unsigned line)
{
	bool more;

	while (s < end && strchr(blanks, *s))
		s++;
	while (end > s && end[-1] == '\r')
		end--;
	more = end > s && end[-1] == '\\';
	if (more)
		for (end--; end > s && strchr(blanks, end[-1]);)
			end--;
	if (!r->f) {
		r->f = text_open(&r->joined);
		r->first = line;
	} else if (ftell(r->f) > 0) {
		fputc(' ', r->f);
	}
	r->seg = grow(r->seg, r->segs, &r->room, sizeof(*r->seg));
	r->seg[r->segs++] = (struct segment){ (size_t)ftell(r->f),
		(size_t)(s - r->c->file->text), line };
	fwrite(s, 1, (size_t)(end - s), r->f);
	if (!more)
		finish(r);
}

static bool empty(const char *s, const char *end)
{
	while (s < end && strchr(blanks, *s))
		s++;
	return s == end;
}

void lines_read(struct check *c)
{
	struct reader r = { .c = c };
	const char *p = c->file->text, *end = p + c->file->len, *nl;

	for (unsigned line = 1; p < end; p = nl + 1, line++) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		if (*p == '#')
			directive(&r, p, nl);
		else if (!empty(p, nl))
			take(&r, p, nl, line);
		if (nl == end)
			break;
	}
	if (r.f) {
		finish(&r);
		found(c, &c->file->v[c->file->n - 1], 0, 1, LEVEL_ERROR, R_SYNTAX,
			"ends with a backslash, and no line follows: the installer "
			"drops it");
		c->file->v[c->file->n - 1].broken = true;
	}
	free(r.seg);
}
