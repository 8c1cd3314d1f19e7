// SPDX-License-Identifier: MIT
/* place.c - language, country, locale and time zone. */
#include "check.h"
#include "nearest.h"

#include <string.h>
#include <strings.h>

/* The time zone that was meant: but for case, Berlin for Europe/Berlin, misspelt; NULL.
 */
static const char *near_zone(struct check *c, const char *name)
{
	const char *best = NULL, *slash = strchr(name, '/');
	unsigned least = 3;

	if (c->suggested++ > SUGGESTIONS)
		return NULL;
	for (size_t i = 0; i < c->index->zones; i++) {
		const char *one = qindex_text(c->index, c->index->zone[i].name);
		const char *last = strrchr(one, '/');
		unsigned d;

		/* names that are gone are not what is meant */
		if (c->index->zone[i].value)
			continue;
		if (strcasecmp(one, name) == 0)
			return one;
		if (!slash && last && strcasecmp(last + 1, name) == 0) {
			least = 0;
			best = one;
		}
		d = edit_distance(one, name);
		if (d < least && d <= strlen(name) / 4) {
			least = d;
			best = one;
		}
	}
	return best;
}

static const char *hint(struct check *c, const char *near)
{
	return near ? pool_printf(c->pool, "; did you mean %s?", near) : "";
}

static bool installs_legacy(struct check *c)
{
	const char *more = value_said(c, "base-installer/includes");

	return more && strstr(more, "tzdata-legacy");
}

static void time_zone(struct check *c, const struct answer *a)
{
	const char *v = a->value.s, *now, *near;
	size_t n = strlen(v);

	if (!n) {
		found(c, a, a->question.at, strlen(a->question.s), LEVEL_WARNING,
			R_TIME_ZONE,
			"an empty time zone: the installed system would be on UTC, "
			"which is Etc/UTC");
		return;
	}
	now = c->index->zones ? qindex_zone(c->index, v) : "";
	if (!now) {
		near = near_zone(c, v);
		found(c, a, a->value.at, n, LEVEL_ERROR, R_TIME_ZONE,
			"%s's tzdata has no time zone %s: the installer passes it by, "
			"and the installed system would be on UTC%s",
			c->release, v, hint(c, near));
		if (near && strcasecmp(near, v) == 0)
			mend(c, a, a->value.at, n, near);
	} else if (*now && !installs_legacy(c)) {
		found(c, a, a->value.at, n, LEVEL_WARNING, R_TIME_ZONE,
			"%s's tzdata has no %s, only tzdata-legacy has: the installer "
			"passes it by, and the installed system would be on UTC; it is "
			"%s now",
			c->release, v, now);
		if (strncmp(v, "right/", 6) != 0)
			mend(c, a, a->value.at, n, now);
	}
}

static bool said(struct check *c, const char *question)
{
	const char *v = value_said(c, question);

	return v && *v;
}

/* The locale of the list that is spelt otherwise: en_US.UTF8, en_us.utf-8. */
static const char *spelt(struct check *c, const char *v)
{
	size_t n = strcspn(v, ".@");
	const char *base = pool_strndup(c->pool, v, n), *best = NULL;

	for (size_t i = 0; i < c->index->locales; i++) {
		const char *one = qindex_text(c->index, c->index->locale[i]);
		size_t m = strcspn(one, ".@");

		if (m != n || strncasecmp(one, base, n) != 0 || one[m] == '@')
			continue;
		if (!best || strcmp(one + m, ".UTF-8") == 0)
			best = one;
	}
	return best;
}

/*
 * Where the language or the country is said, too, the locale must be one of the
 * list; else these are taken from it, and its spelling does not matter.
 */
static void locale(struct check *c, const struct answer *a)
{
	const char *v = a->value.s, *right;
	bool more = said(c, "debian-installer/language") ||
		    said(c, "debian-installer/country");

	if (!*v || qindex_locale(c->index, v) || strcmp(v, "C") == 0 ||
		(!more && !strchr(v, '_') && qindex_language(c->index, v)))
		return;
	right = spelt(c, v);
	/* of a language and a country it makes another, where there is one */
	found(c, a, a->value.at, strlen(v),
		more || !strchr(v, '_') ? LEVEL_ERROR : LEVEL_WARNING, R_CHOICE,
		"the installer has no locale %s%s%s", v,
		more ? " and passes it by" : "", hint(c, right));
	if (right)
		mend(c, a, a->value.at, strlen(v), right);
}

static void locales(struct check *c, const struct answer *a)
{
	const char *v = a->value.s;

	for (size_t at = strspn(v, ", \t"); v[at]; at += strspn(v + at, ", \t")) {
		size_t n = strcspn(v + at, ", \t");
		const char *one = pool_strndup(c->pool, v + at, n), *right;

		if (!qindex_locale(c->index, one)) {
			right = spelt(c, one);
			found(c, a, a->value.at + at, n, LEVEL_ERROR, R_CHOICE,
				"the installer has no locale %s, and leaves it out%s",
				one, hint(c, right));
			if (right)
				mend(c, a, a->value.at + at, n, right);
		}
		at += n;
	}
}

/* de, or a list such as de_CH:de, of which the first that there is counts. */
static void language(struct check *c, const struct answer *a)
{
	const char *v = a->value.s;

	if (!*v || !c->index->languages)
		return;
	for (size_t at = 0; v[at]; at += v[at] == ':') {
		size_t n = strcspn(v + at, ":");

		if (qindex_language(c->index, pool_strndup(c->pool, v + at, n)))
			return;
		at += n;
	}
	found(c, a, a->value.at, strlen(v), LEVEL_ERROR, R_CHOICE,
		"the installer has no language %s: it asks for one%s", v,
		qindex_language(c->index, pool_strndup(c->pool, v, strcspn(v, "_.")))
			? pool_printf(c->pool, "; did you mean %.*s?",
				  (int)strcspn(v, "_."), v)
			: "");
}

static bool has_country(const struct check *c, const char *code, bool *any)
{
	static const char lists[] = "localechooser/countrylist/";
	char line[8];
	int n = snprintf(line, sizeof(line), "%s\n", code);

	for (size_t i = 0; i < c->index->questions; i++) {
		const struct qindex_question *q = &c->index->question[i];
		const char *choices = qindex_text(c->index, q->choices), *p;

		if (strncmp(qindex_text(c->index, q->name), lists, sizeof(lists) - 1) !=
			0)
			continue;
		*any = true;
		p = n < (int)sizeof(line) ? strstr(choices, line) : NULL;
		if (p && (p == choices || p[-1] == '\n'))
			return true;
	}
	return false;
}

static void country(struct check *c, const struct answer *a)
{
	const char *v = a->value.s;
	char *upper = pool_strdup(c->pool, v);
	bool any = false;

	if (!*v || has_country(c, v, &any) || !any)
		return;
	for (char *p = upper; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p -= 'a' - 'A';
	if (!has_country(c, upper, &any))
		upper = NULL;
	found(c, a, a->value.at, strlen(v), LEVEL_ERROR, R_CHOICE,
		"%s is no country of the installer's, of two capital letters such as "
		"DE: "
		"it asks for one%s",
		v, hint(c, upper));
	if (upper)
		mend(c, a, a->value.at, strlen(v), upper);
}

void check_place(struct check *c, const struct answer *a)
{
	const char *q = a->question.s;

	if (a->seen || filled_in(c, a->value.s) || marked(c, a))
		return;
	if (strcmp(q, "time/zone") == 0)
		time_zone(c, a);
	else if (strcmp(q, "debian-installer/language") == 0)
		language(c, a);
	else if (strcmp(q, "debian-installer/country") == 0)
		country(c, a);
	else if (c->index->locales == 0)
		return;
	else if (strcmp(q, "debian-installer/locale") == 0)
		locale(c, a);
	else if (strcmp(q, "localechooser/supported-locales") == 0)
		locales(c, a);
}
