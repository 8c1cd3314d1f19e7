// SPDX-License-Identifier: MIT
#include "question.h"
#include "cleanup.h"
#include "pool.h"
#include "qindex.h"

#include <string.h>

/* A guest that registers questions for ever gets no more memory than this many. */
enum { KNOWN_MAX = 20000, ASKED_MAX = 64, VARS_MAX = 256 };

enum { F_TYPE, F_DEFAULT, F_TITLE, F_TEXT, F_CHOICES, F_CHOICES_C, FIELDS };

/* As cdebconf's database has them, and as the passthrough frontend sends them. */
static const struct {
	const char *stanza, *data;
} fields[FIELDS] = {
	[F_TYPE] = { "Type", "type" },
	[F_DEFAULT] = { "Default", "default" },
	[F_TITLE] = { "Description", "description" },
	[F_TEXT] = { "Extended_description", "extended_description" },
	[F_CHOICES] = { "Choices", "choices" },
	[F_CHOICES_C] = { "Choices-C", "choices-c" },
};

struct var {
	char *name, *value;
};

struct known {
	struct known *next;
	char *name, *template;
	char *field[FIELDS];
	struct var *vars;
	size_t var_count, var_room;
	bool foreign; /* told of by a package in the target */
};

static void set(char **slot, const char *s, size_t n)
{
	char *copy = strndup(s, n);

	if (copy) {
		free(*slot);
		*slot = copy;
	}
}

static struct known *find(const struct debconf *d, const char *name, size_t n)
{
	struct known *k = d->known;

	while (k && (strncmp(k->name, name, n) != 0 || k->name[n]))
		k = k->next;
	return k;
}

static struct known *get(struct debconf *d, const char *name, size_t n)
{
	struct known *k = find(d, name, n);

	if (k || n == 0 || d->known_count == KNOWN_MAX)
		return k;
	k = calloc(1, sizeof(*k));
	if (!k)
		return NULL;
	set(&k->name, name, n);
	if (!k->name) {
		free(k);
		return NULL;
	}
	k->next = d->known;
	d->known = k;
	d->known_count++;
	return k;
}

/* The next word of *s, its length; *s goes to what follows the blank after it. */
static const char *word(const char **s, size_t *n)
{
	const char *w = *s;

	*n = strcspn(w, " \t");
	*s = w + *n;
	if (**s)
		(*s)++;
	return w;
}

static bool is(const char *w, size_t n, const char *what)
{
	return strlen(what) == n && memcmp(w, what, n) == 0;
}

static void substitute(struct known *k, const char *name, size_t n, const char *value)
{
	size_t i = 0;

	while (i < k->var_count && !is(name, n, k->vars[i].name))
		i++;
	if (i == k->var_count) {
		struct var v = { strndup(name, n), NULL };

		if (!v.name || i == VARS_MAX) {
			free(v.name);
			return;
		}
		k->vars = grow(k->vars, i, &k->var_room, sizeof(*k->vars));
		k->vars[k->var_count++] = v;
	}
	set(&k->vars[i].value, value, strlen(value));
}

static void data(struct known *k, const char *rest)
{
	size_t n;
	const char *w = word(&rest, &n);

	k->foreign = true;
	for (int i = 0; i < FIELDS; i++)
		if (is(w, n, fields[i].data))
			set(&k->field[i], rest, strlen(rest));
}

/* "Field: value" of the stanza that follows its "Name: ". */
static void stanza(struct debconf *d, const char *s)
{
	const char *colon = strchr(s, ':');
	const char *value;

	if (!colon)
		return;
	value = colon + 1 + (colon[1] == ' ');
	if (is(s, (size_t)(colon - s), "Name")) {
		d->reading = get(d, value, strlen(value));
		return;
	}
	for (int i = 0; d->reading && i < FIELDS; i++)
		if (is(s, (size_t)(colon - s), fields[i].stanza))
			set(&d->reading->field[i], value, strlen(value));
}

static enum debconf_news progress(struct debconf *d, const char *rest)
{
	size_t n;
	const char *w = word(&rest, &n);
	char *end;

	if (is(w, n, "START")) {
		d->min = strtol(rest, &end, 10);
		d->max = strtol(end, NULL, 10);
		d->at = d->min;
		d->progress = d->max > d->min;
		free(d->info);
		d->info = NULL;
	} else if (is(w, n, "SET")) {
		d->at = strtol(rest, NULL, 10);
	} else if (is(w, n, "STEP")) {
		if (__builtin_add_overflow(d->at, strtol(rest, NULL, 10), &d->at))
			d->at = d->max;
	} else if (is(w, n, "INFO")) {
		set(&d->info, rest, strlen(rest));
	} else if (is(w, n, "STOP")) {
		d->progress = false;
	} else {
		return NEWS_NONE;
	}
	return NEWS_PROGRESS;
}

/* What a command means that debconf has not replied to yet. */
static enum debconf_news command(struct debconf *d, const char *s, double t)
{
	size_t n, m;
	const char *w = word(&s, &n), *q;
	struct known *k;

	/* one at a time: whoever gives another has had the reply */
	if (d->pending)
		return NEWS_ANSWERED;
	if (is(w, n, "PROGRESS"))
		return progress(d, s);
	if (is(w, n, "INPUT")) {
		word(&s, &m);
		q = word(&s, &m);
		set(&d->input, q, m);
	} else if (is(w, n, "GO")) {
		d->pending = d->asked_count > 0;
		d->since = t;
	} else if (is(w, n, "SUBST") || is(w, n, "DATA") || is(w, n, "REGISTER")) {
		q = word(&s, &m);
		if (*w == 'R') {
			const char *name = word(&s, &n);

			k = get(d, name, n);
			if (k)
				set(&k->template, q, m);
		} else if ((k = get(d, q, m)) && *w == 'D') {
			data(k, s);
		} else if (k) {
			q = word(&s, &m);
			substitute(k, q, m, s);
		}
	}
	return NEWS_NONE;
}

static enum debconf_news reply(struct debconf *d, const char *s)
{
	size_t n;

	word(&s, &n);
	if (d->input && strcmp(s, "question will be asked") == 0 &&
		d->asked_count < ASKED_MAX) {
		d->asked = grow(
			d->asked, d->asked_count, &d->asked_room, sizeof(*d->asked));
		d->asked[d->asked_count++] = steal_ptr(&d->input);
	}
	return d->pending ? NEWS_ANSWERED : NEWS_NONE;
}

enum debconf_news debconf_feed(struct debconf *d, const char *s, double t)
{
	if (strncmp(s, "(developer): ", 13) == 0) /* debconf itself, not cdebconf */
		s += 13;
	if (strncmp(s, "--> ", 4) == 0 || strncmp(s, "<-- ", 4) == 0) {
		/* seen from the other end of the line, the arrows turn round */
		const bool from_debconf = s[4] >= '0' && s[4] <= '9';

		if (from_debconf)
			return reply(d, s + 4);
		return command(d, s + 4, t);
	}
	if (strncmp(s, "template: ", 10) == 0)
		stanza(d, s + 10);
	else if (strcmp(s, "waiting") == 0)
		return d->pending ? NEWS_WAITING : NEWS_NONE;
	return NEWS_NONE;
}

void debconf_forget(struct debconf *d)
{
	while (d->asked_count)
		free(d->asked[--d->asked_count]);
	d->pending = false;
}

int debconf_percent(const struct debconf *d)
{
	double share;

	if (!d->progress)
		return -1;
	share = ((double)d->at - (double)d->min) / ((double)d->max - (double)d->min);
	return share < 0 ? 0 : share > 1 ? 100 : (int)(share * 100);
}

/* --- what a person reads --- */

static const char *value_of(const struct known *k, const char *name, size_t n)
{
	for (size_t i = 0; k && i < k->var_count; i++)
		if (is(name, n, k->vars[i].name))
			return k->vars[i].value;
	return NULL;
}

/* ${VAR} with its value; \n of the database as what it means, or as it is. */
static char *expand(const struct known *k, const char *s, bool lines)
{
	char *out = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&out, &size);

	for (; f && s && *s; s++) {
		const char *end = strncmp(s, "${", 2) == 0 ? strchr(s, '}') : NULL;
		const char *value;

		if (end) {
			value = value_of(k, s + 2, (size_t)(end - s - 2));
			fputs(value ? value : "", f);
			s = end;
		} else if (lines && s[0] == '\\' && s[1] == 'n') {
			fputc('\n', f);
			s++;
		} else {
			fputc(*s, f);
		}
	}
	if (f && fclose(f) != 0) {
		free(out);
		out = NULL;
	}
	return out ? out : calloc(1, 1);
}

/* The package is the one whose name the question begins with, by all custom. */
static char *owner_of(const struct known *k, const char *name)
{
	return k && k->foreign && *name != '/' ? strndup(name, strcspn(name, "/"))
					       : strdup("d-i");
}

/* What the release's packages say of it, where the installer did not. */
static const char *by_index(const struct debconf *d, const char *name, int field)
{
	const struct qindex_question *q = d->index ? qindex_find(d->index, name) : NULL;

	if (!q)
		return "";
	switch (field) {
	case F_TYPE:
		return qtype_name(q->type);
	case F_TITLE:
		return qindex_text(d->index, q->title);
	default:
		return "";
	}
}

void debconf_question(const struct debconf *d, const char *name, struct question *q)
{
	const struct known *k = find(d, name, strlen(name));
	const struct known *t =
		k && k->template ? find(d, k->template, strlen(k->template)) : NULL;
	char *field[FIELDS];

	for (int i = 0; i < FIELDS; i++) {
		const char *s = k && k->field[i] ? k->field[i] : t ? t->field[i] : "";

		if (!s || !*s)
			s = by_index(d, k && k->template ? k->template : name, i);
		field[i] = expand(k, s, i == F_TEXT || i == F_TITLE);
	}
	*q = (struct question){ .name = strdup(name),
		.type = field[F_TYPE],
		.value = field[F_DEFAULT],
		.title = field[F_TITLE],
		.text = field[F_TEXT],
		.choices = field[F_CHOICES],
		.values = field[F_CHOICES_C],
		.owner = owner_of(k, name) };
}

void question_free(struct question *q)
{
	free(q->name);
	free(q->type);
	free(q->value);
	free(q->title);
	free(q->text);
	free(q->choices);
	free(q->values);
	free(q->owner);
}

bool question_is_error(const struct question *q)
{
	return q->type && strcmp(q->type, "error") == 0;
}

/* The first of choices, in which a comma may be escaped. */
static size_t first_choice(const char *s)
{
	size_t n = 0;

	while (s[n] && s[n] != ',')
		n += s[n] == '\\' && s[n + 1] ? 2 : 1;
	return n;
}

bool question_answer(const struct question *q, char **line)
{
	static const char *const silent[] = { "error", "note", "text", "title" };
	const char *type = q->type && *q->type ? q->type : "string";
	const char *value = q->value ? q->value : "", *choices;
	size_t n = strlen(value);

	for (size_t i = 0; i < sizeof(silent) / sizeof(*silent); i++)
		if (strcmp(type, silent[i]) == 0)
			return false;
	choices = q->values && *q->values ? q->values : q->choices;
	if (n == 0 && strcmp(type, "boolean") == 0) {
		value = "true";
		n = 4;
	} else if (n == 0 && choices && *choices) {
		value = choices;
		n = first_choice(choices);
	} else if (n == 0) {
		value = "VALUE";
		n = 5;
	}
	if (asprintf(line, "answer %s %s %s %.*s", q->owner, q->name, type, (int)n,
		    value) < 0)
		*line = NULL;
	return *line != NULL;
}

static void known_free(struct known *k)
{
	for (size_t i = 0; i < k->var_count; i++) {
		free(k->vars[i].name);
		free(k->vars[i].value);
	}
	for (int i = 0; i < FIELDS; i++)
		free(k->field[i]);
	free(k->vars);
	free(k->name);
	free(k->template);
	free(k);
}

void debconf_free(struct debconf *d)
{
	debconf_forget(d);
	while (d->known) {
		struct known *next = d->known->next;

		known_free(d->known);
		d->known = next;
	}
	free(d->asked);
	free(d->input);
	free(d->info);
	*d = (struct debconf){ 0 };
}
