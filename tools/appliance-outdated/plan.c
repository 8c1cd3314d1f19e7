// SPDX-License-Identifier: MIT
#include "plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 4 + APPLIANCE_SETS };

struct words {
	struct slice w[WORDS_MAX];
	unsigned n;
};

/* false: more of them than any line has */
static bool split(struct slice line, struct words *words)
{
	struct slice left;

	for (words->n = 0; slice_split(line, '\t', &left, &line);) {
		if (words->n + 1 == WORDS_MAX)
			return false;
		words->w[words->n++] = left;
	}
	words->w[words->n++] = line;
	return true;
}

static char *string(struct plan *p, struct slice s)
{
	return pool_strndup(&p->pool, s.s, s.n);
}

static const char *set_number(struct plan *p, struct slice name, unsigned *set)
{
	long n = names_add(&p->sets, name);

	if (n >= SETS_MAX)
		return "more sets of lists than 64";
	*set = (unsigned)n;
	return NULL;
}

static const char *lists_line(struct plan *p, const struct words *words)
{
	struct list l = { .origin = words->w[2] };
	const char *why;
	char *end;

	if (words->n != 6)
		return "lists wants SET, ORIGIN, PRIORITY, KIND and FILE";
	if ((why = set_number(p, words->w[1], &l.set)))
		return why;
	l.priority = (unsigned)strtoul(string(p, words->w[3]), &end, 10);
	if (*end || words->w[3].n == 0 || words->w[3].n > 4)
		return "a priority is a number up to 9999";
	l.security = slice_is(words->w[4], "security");
	if (!l.security && !slice_is(words->w[4], "-"))
		return "a list's kind is \"security\" or \"-\"";
	l.file = string(p, words->w[5]);
	p->list = grow(p->list, p->lists, &p->list_room, sizeof(*p->list));
	p->list[p->lists++] = l;
	return NULL;
}

static const char *appliance_line(struct plan *p, const struct words *words)
{
	struct appliance a = { .name = words->w[1] };
	const char *why;

	if (words->n < 4)
		return "appliance wants NAME, FOLDER and SET";
	a.folder = string(p, words->w[2]);
	for (unsigned i = 3; i < words->n; i++) {
		if (a.sets == APPLIANCE_SETS)
			return "more sets of lists than an appliance can have";
		if ((why = set_number(p, words->w[i], &a.set[a.sets++])))
			return why;
	}
	p->appliance = grow(
		p->appliance, p->appliances, &p->appliance_room, sizeof(*p->appliance));
	p->appliance[p->appliances++] = a;
	return NULL;
}

/* As a manifest has it: "KIND HASH NAME". */
static const char *now_line(struct plan *p, const struct words *words)
{
	const struct slice *w = words->w;
	char *s;

	if (words->n != 4)
		return "now wants KIND, HASH and NAME";
	s = pool_printf(&p->pool, "%.*s %.*s %.*s", (int)w[1].n, w[1].s, (int)w[2].n,
		w[2].s, (int)w[3].n, w[3].s);
	names_add(&p->now, slice_of(s));
	s = pool_printf(
		&p->pool, "%.*s %.*s", (int)w[1].n, w[1].s, (int)w[3].n, w[3].s);
	names_add(&p->now_named, slice_of(s));
	return NULL;
}

/* It follows the line of its appliance, most often at once. */
static const char *answers_line(struct plan *p, const struct words *words)
{
	if (words->n != 3)
		return "answers wants NAME and HASH";
	for (size_t i = p->appliances; i-- > 0;) {
		struct appliance *a = &p->appliance[i];

		if (a->name.n == words->w[1].n &&
			memcmp(a->name.s, words->w[1].s, a->name.n) == 0) {
			a->answers = words->w[2];
			return NULL;
		}
	}
	return "answers of no appliance above";
}

static const char *one_line(struct plan *p, struct slice line)
{
	static const struct {
		const char *word;
		const char *(*read)(struct plan *p, const struct words *words);
	} kinds[] = {
		{ "lists", lists_line },
		{ "appliance", appliance_line },
		{ "now", now_line },
		{ "answers", answers_line },
	};
	struct words words;

	if (line.n == 0 || *line.s == '#')
		return NULL;
	if (memchr(line.s, '\0', line.n))
		return "has a NUL in it";
	if (!split(line, &words))
		return "has too many words";
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (slice_is(words.w[0], kinds[i].word))
			return kinds[i].read(p, &words);
	return "begins with none of lists, appliance, now, answers";
}

int plan_read(struct plan *p, struct slice text, unsigned *line, const char **why)
{
	struct slice l;

	for (*line = 1; slice_line(&text, &l); ++*line)
		if ((*why = one_line(p, l)))
			return -EINVAL;
	return 0;
}

void plan_end(struct plan *p)
{
	free(p->list);
	free(p->appliance);
	names_end(&p->sets);
	names_end(&p->now);
	names_end(&p->now_named);
	pool_free(&p->pool);
}
