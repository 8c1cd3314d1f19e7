// SPDX-License-Identifier: MIT
/* syntax.c - lines that are no answers, and what they were meant to be. */
#include "check.h"

#include <string.h>

static bool is_type(const char *s)
{
	return strcmp(s, "seen") == 0 || qtype_find(s, strlen(s)) != QT_COUNT;
}

/* Who a question's owner is to be. */
static const char *owner_of(const struct check *c, const char *question)
{
	const struct qindex_question *q = qindex_find(c->index, question);

	return q && !q->udeb && q->deb ? qindex_text(c->index, q->deb) : "d-i";
}

static bool name_like(const char *s)
{
	return *s >= 'a' && *s <= 'z' && strchr(s, '/') && !strchr(s, ':');
}

/* Blanks and more behind backslashes, where the line was to go on or to end. */
static void late_backslashes(struct check *c, const struct answer *a)
{
	for (size_t i = 0; i < a->segs; i++) {
		const struct segment *s = &a->seg[i];
		size_t at = s->past;

		if (s->late == LATE_NOT)
			continue;
		while (c->file->text[at - 1] != '\\')
			at--;
		if (s->late == LATE_MORE) {
			found_bytes(c, a, at - 1, s->line, R_SYNTAX,
				"blanks follow the backslash, so that it continues "
				"nothing: the next line is taken for an answer of its "
				"own");
			mend_bytes(c, at, s->past, "");
		} else {
			found_bytes(c, a, at - 1, s->line, R_SYNTAX,
				"blanks follow the backslash, which continues nothing "
				"and is part of the answer");
			mend_bytes(c, s->end, s->past, "");
		}
	}
}

static void swallowed(struct check *c, const struct answer *a)
{
	if (!a->slip.into)
		return;
	found(c, a, 0, a->len, LEVEL_ERROR, R_SYNTAX,
		"this answer is swallowed: it is joined to %s of line %u, because line "
		"%u ends with a backslash (empty lines and comments between do not end "
		"it)",
		a->slip.question, a->slip.into, a->slip.line);
	mend_bytes(c, a->slip.from, a->slip.to, "");
}

static bool indented_comment(struct check *c, struct answer *a)
{
	size_t from = a->seg[0].from, line = from;

	if (a->owner.s[0] != '#')
		return false;
	found(c, a, 0, strlen(a->owner.s), LEVEL_ERROR, R_COMMENT,
		"only a # in the first column begins a comment; the installer "
		"takes this for an answer");
	while (line > 0 && c->file->text[line - 1] != '\n')
		line--;
	if (line < from)
		mend_bytes(c, line, from, "");
	return true;
}

static bool no_break_space(struct check *c, const struct answer *a)
{
	size_t head = *a->type.s ? a->type.at + strlen(a->type.s) : a->len;
	const char *s = memmem(a->text, head, "\xc2\xa0", 2);

	if (!s)
		return false;
	found(c, a, (size_t)(s - a->text), 2, LEVEL_ERROR, R_SYNTAX,
		"a no-break space (U+00A0) is no blank to the installer");
	mend(c, a, (size_t)(s - a->text), 2, " ");
	return true;
}

/* QUESTION=VALUE, as the kernel command line has it. */
static bool assigned(struct check *c, const struct answer *a, const struct part *p)
{
	size_t n = strcspn(p->s, "="), end = p->at + strlen(p->s);
	const char *name = pool_strndup(c->pool, p->s, n), *value = p->s + n + 1,
		   *right;
	const struct qindex_question *q = qindex_find(c->index, name);

	if (!p->s[n] || !q)
		return false;
	if (is_type(value) && end < a->len)
		right = pool_printf(c->pool, "%s%s", value, a->text + end);
	else
		right = pool_printf(c->pool, "%s %s%s",
			*qtype_name(q->type) ? qtype_name(q->type) : "string", value,
			a->text + end);
	right = pool_printf(c->pool, "%s %s %s", owner_of(c, name), name, right);
	found(c, a, p->at, strlen(p->s), LEVEL_ERROR, R_SYNTAX,
		"no = belongs here, as on the kernel command line: %.120s", right);
	mend(c, a, 0, a->len, right);
	return true;
}

static bool wrong_order(struct check *c, const struct answer *a)
{
	const char *first = a->owner.s, *second = a->question.s, *third = a->type.s;
	const char *name = alias_find(first) ? alias_find(first) : first, *head;
	const char *rest = a->text + a->type.at + strlen(third);
	const char *owner = owner_of(c, first);

	if (strcmp(second, "d-i") == 0 && strcmp(first, "d-i") != 0) {
		head = pool_printf(
			c->pool, "d-i %s", strchr(name, '/') ? name : "QUESTION");
		found(c, a, 0, a->question.at + 3, LEVEL_ERROR, R_SYNTAX,
			"the owner comes first: %s %s%.60s", head, third, rest);
		if (strchr(name, '/'))
			mend(c, a, 0, a->question.at + 3, head);
		return true;
	}
	if (name_like(first) && (is_type(second) || qindex_find(c->index, first))) {
		found(c, a, 0, strlen(first), LEVEL_ERROR, R_SYNTAX,
			"the owner is missing: %s %.120s", owner, a->text);
		mend(c, a, 0, 0, pool_printf(c->pool, "%s ", owner));
		return true;
	}
	if (is_type(second) && name_like(third) && qindex_find(c->index, third)) {
		head = pool_printf(c->pool, "%s %s %s", first, third, second);
		found(c, a, a->question.at, strlen(second), LEVEL_ERROR, R_SYNTAX,
			"the type comes after the question: %s%.60s", head, rest);
		mend(c, a, 0, a->type.at + strlen(third), head);
		return true;
	}
	if (qindex_find(c->index, third) && *a->value.s) {
		found(c, a, 0, strlen(first), LEVEL_ERROR, R_SYNTAX,
			"%s stands where the type belongs: there is one word too many "
			"before it",
			third);
		mend(c, a, 0, a->question.at, "");
		return true;
	}
	return false;
}

/* What is neither a question nor followed by a type. */
static bool no_answer(const struct answer *a)
{
	const char *slash = strchr(a->question.s, '/');

	if (is_type(a->type.s))
		return false;
	return !slash || slash == a->question.s || a->question.s[0] == '-' ||
	       !strspn(a->type.s,
		       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") ||
	       strcmp(a->owner.s, "in-target") == 0;
}

/* The line before, if an answer ends there. */
static unsigned line_before(const struct check *c, const struct answer *a)
{
	const struct answer *b = a > c->file->v ? a - 1 : NULL;

	return b && b->segs && b->seg[b->segs - 1].line + 1 == a->line
		       ? b->seg[b->segs - 1].line
		       : 0;
}

/* Lines of text, told once for all that come one after the other. */
static void text_line(struct check *c, struct answer *a)
{
	bool stops = a->broken && !c->stopped;
	unsigned before = line_before(c, a);
	const char *end =
		stops ? "; as it is, the installer stops here with an error" : "";

	c->stopped |= stops;
	if (c->text && before && (a - 1)->broken && c->text <= c->file->findings) {
		struct finding *f = &c->file->f[c->text - 1];

		f->message = pool_printf(c->pool,
			"%s (nor are the lines after it, to line %u)", c->text_said,
			a->seg[a->segs - 1].line);
		return;
	}
	if (before && !(a - 1)->broken)
		found(c, a, 0, a->len, LEVEL_ERROR, R_SYNTAX,
			"no answer: if this goes on with what is before it, line %u "
			"wants a \\ at its end%s",
			before, end);
	else
		found(c, a, 0, a->len, LEVEL_ERROR, R_SYNTAX,
			"no answer: OWNER QUESTION TYPE VALUE is wanted, such as d-i "
			"passwd/make-user boolean false%s",
			end);
	c->text = c->last ? c->file->findings : 0;
	c->text_said = c->last ? c->last->message : "";
}

static void cut_short(struct check *c, const struct answer *a)
{
	const struct qindex_question *q = qindex_find(c->index, a->question.s);

	found(c, a, 0, a->len ? a->len : 1, LEVEL_ERROR, R_SYNTAX, "%s%s%s%s",
		!*a->question.s ? "an owner and nothing after it"
				: "no type after the question",
		q && *qtype_name(q->type) ? ": it is " : "",
		q ? qtype_name(q->type) : "",
		c->stopped ? ""
			   : "; the installer stops here with an error, and reads "
			     "no further");
	c->stopped = true;
}

void check_line(struct check *c, struct answer *a)
{
	bool dropped = a->broken && *a->type.s; /* told when it was read */
	bool whole = !a->broken;

	swallowed(c, a);
	late_backslashes(c, a);
	if (dropped)
		return;
	a->broken = true;
	if (placeholder(a->owner.s) || indented_comment(c, a) || no_break_space(c, a) ||
		assigned(c, a, &a->owner) || assigned(c, a, &a->question) ||
		wrong_order(c, a))
		return;
	if (placeholder(a->question.s) && (whole || c->file->template))
		a->broken = !whole;
	else if ((whole && no_answer(a)) || (!whole && strcmp(a->owner.s, "d-i") != 0 &&
						    !name_like(a->question.s))) {
		a->broken = !whole;
		text_line(c, a);
		a->broken = true;
	} else if (whole)
		a->broken = false;
	else
		cut_short(c, a);
}
