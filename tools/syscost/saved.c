// SPDX-License-Identifier: MIT
/*
 * saved.c - reads JSON back. All of JSON is understood, and passed over unless
 * its path is one of ours.
 */
#include "compare.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_ROOM = 96, STRING_ROOM = 128, DEPTH_MAX = 32, NUMBER_ROOM = 40 };

struct reader {
	struct saved *out;
	const char *p, *end;
	unsigned line, depth;
	bool ours;
	char path[PATH_ROOM]; /* "/results/ns/min": members, not positions */
};

static int value(struct reader *r);

static int peek(struct reader *r)
{
	for (; r->p < r->end; r->p++) {
		if (*r->p == '\n')
			r->line++;
		else if (*r->p != ' ' && *r->p != '\t' && *r->p != '\r')
			return (unsigned char)*r->p;
	}
	return -1;
}

static bool at(const struct reader *r, const char *path)
{
	return strcmp(r->path, path) == 0;
}

/* \uXXXX becomes '?': nothing that matters here is written so. */
static int escape(struct reader *r, char *c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *which;

	if (r->p >= r->end)
		return -EBADMSG;
	if (*r->p == 'u') {
		for (int i = 1; i <= 4; i++)
			if (r->end - r->p <= i || !isxdigit((unsigned char)r->p[i]))
				return -EBADMSG;
		r->p += 5;
		*c = '?';
		return 0;
	}
	if (!*r->p || !(which = strchr(from, *r->p)))
		return -EBADMSG;
	*c = to[which - from];
	r->p++;
	return 0;
}

/* What does not fit in out is cut off. */
static int string(struct reader *r, char out[STRING_ROOM])
{
	size_t n = 0;

	for (r->p++; r->p < r->end && *r->p != '"';) {
		char c = *r->p++;

		if ((unsigned char)c < 0x20 || (c == '\\' && escape(r, &c) < 0))
			return -EBADMSG;
		if (n + 1 < STRING_ROOM)
			out[n++] = c;
	}
	out[n] = '\0';
	return r->p < r->end ? (r->p++, 0) : -EBADMSG;
}

/* Of a vulnerability: its name, and what the kernel does against it. */
static void take_mitigation(struct saved *s, const char *name, const char *state)
{
	struct mitigation *m = &s->mitigations[s->n_mitigations];

	if (s->n_mitigations == MITIGATIONS_MAX || strlen(name) >= sizeof(m->name))
		return;
	snprintf(m->name, sizeof(m->name), "%s", name);
	snprintf(m->state, sizeof(m->state), "%s", state);
	s->n_mitigations++;
}

static void take_string(struct reader *r, const char *text)
{
	static const char mitigations[] = "/mitigations/";
	struct saved *s = r->out;

	if (at(r, "/host"))
		snprintf(s->host, sizeof(s->host), "%.79s", text);
	else if (at(r, "/kernel"))
		snprintf(s->kernel, sizeof(s->kernel), "%.79s", text);
	else if (at(r, "/cpu"))
		snprintf(s->cpu, sizeof(s->cpu), "%s", text);
	else if (at(r, "/hypervisor"))
		snprintf(s->hypervisor, sizeof(s->hypervisor), "%.31s", text);
	else if (at(r, "/warnings") && s->warnings++ == 0)
		snprintf(s->warning, sizeof(s->warning), "%s", text);
	else if (strncmp(r->path, mitigations, sizeof(mitigations) - 1) == 0)
		take_mitigation(s, r->path + sizeof(mitigations) - 1, text);
	else if (at(r, "/results/name") && s->n)
		snprintf(s->list[s->n - 1].name, sizeof(s->list->name), "%.31s", text);
}

static void take_number(struct reader *r, double v)
{
	struct entry *e = r->out->n ? &r->out->list[r->out->n - 1] : NULL;

	if (at(r, "/syscost"))
		r->ours = v == 1;
	else if (at(r, "/tsc_hz"))
		r->out->tsc_hz = v;
	else if (e && at(r, "/results/ns/min"))
		e->min = v;
	else if (e && at(r, "/results/ns/p25"))
		e->p25 = v;
	else if (e && at(r, "/results/ns/median"))
		e->median = v;
	else if (e && at(r, "/results/ns/p75"))
		e->p75 = v;
}

static int number(struct reader *r)
{
	char text[NUMBER_ROOM], *end;
	size_t n = 0;
	double v;

	while (r->p < r->end && n + 1 < sizeof(text) && *r->p &&
		strchr("0123456789+-.eE", *r->p))
		text[n++] = *r->p++;
	text[n] = '\0';
	v = strtod(text, &end);
	if (n == 0 || *end || !isfinite(v))
		return -EBADMSG;
	take_number(r, v);
	return 0;
}

static int literal(struct reader *r)
{
	static const char *const literals[] = { "true", "false", "null" };

	for (size_t i = 0; i < sizeof(literals) / sizeof(*literals); i++) {
		size_t n = strlen(literals[i]);

		if ((size_t)(r->end - r->p) < n || memcmp(r->p, literals[i], n) != 0)
			continue;
		r->p += n;
		return 0;
	}
	return -EBADMSG;
}

static int member(struct reader *r)
{
	char name[STRING_ROOM];
	size_t base = strlen(r->path);
	int err;

	if (peek(r) != '"' || string(r, name) < 0 || peek(r) != ':')
		return -EBADMSG;
	r->p++;
	/* A path too long is cut, and then none of ours. */
	snprintf(r->path + base, sizeof(r->path) - base, "/%s", name);
	err = value(r);
	r->path[base] = '\0';
	return err;
}

static int element(struct reader *r)
{
	struct saved *s = r->out;

	if (at(r, "/results")) {
		if (s->n == ENTRIES_MAX)
			return -EBADMSG;
		s->list[s->n++] = (struct entry){ "", -1, -1, -1, -1 };
	}
	return value(r);
}

static int several(struct reader *r, char close, int (*one)(struct reader *))
{
	int err = 0;

	if (++r->depth > DEPTH_MAX)
		return -EBADMSG;
	r->p++;
	if (peek(r) != close)
		for (;;) {
			if ((err = one(r)) < 0)
				return err;
			if (peek(r) != ',')
				break;
			r->p++;
		}
	if (peek(r) != close)
		return -EBADMSG;
	r->p++;
	r->depth--;
	return 0;
}

static int value(struct reader *r)
{
	char text[STRING_ROOM];
	int c = peek(r);

	if (c == '{')
		return several(r, '}', member);
	if (c == '[')
		return several(r, ']', element);
	if (c == '"') {
		if (string(r, text) < 0)
			return -EBADMSG;
		take_string(r, text);
		return 0;
	}
	if (c == '-' || (c >= '0' && c <= '9'))
		return number(r);
	return literal(r);
}

int saved_parse(struct saved *s, const char *text, size_t len, unsigned *line)
{
	struct reader r = { .out = s, .p = text, .end = text + len, .line = 1 };
	int err;

	*s = (struct saved){ 0 };
	err = value(&r);
	if (err == 0 && peek(&r) >= 0)
		err = -EBADMSG;
	*line = r.line;
	if (err < 0)
		return err;
	return r.ours && s->n ? 0 : -ENODATA;
}
