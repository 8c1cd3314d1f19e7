/* question.c - whether there is such a question, whose it is, and of what type. */
#include "check.h"
#include "nearest.h"

#include <string.h>

/* Whether the package is one whose templates the index has. */
static bool deb_seen(const struct qindex *x, const char *package)
{
	for (size_t i = 0; i < x->questions; i++)
		if (strcmp(qindex_text(x, x->question[i].deb), package) == 0)
			return true;
	return false;
}

static size_t first_part(const char *name)
{
	return strcspn(name, "/");
}

/* The installer's package that has it in another release; *which is that one. */
static const char *elsewhere(
	const struct check *c, const char *name, const struct qindex **which)
{
	for (size_t i = 0; i < c->others; i++) {
		const struct qindex_question *q = qindex_find(&c->other[i], name);

		if (q && (q->udeb || q->deb)) {
			*which = &c->other[i];
			return qindex_text(*which, q->udeb ? q->udeb : q->deb);
		}
	}
	return NULL;
}

static bool udeb_unseen(const struct check *c, const char *name)
{
	for (size_t i = 0; i < c->others; i++) {
		const struct qindex_question *q = qindex_find(&c->other[i], name);

		if (q && q->udeb &&
			qindex_unseen(c->index, qindex_text(&c->other[i], q->udeb)))
			return true;
	}
	return false;
}

/* Does another release read questions of such a name by a pattern? */
static bool matches_elsewhere(const struct check *c, const char *name)
{
	for (size_t i = 0; i < c->others; i++)
		if (qindex_matches(&c->other[i], name))
			return true;
	return false;
}

/*
 * Whether a package that the index has not seen may have questions of such a
 * name: by the package's own name, or by what it has in another release.
 */
static bool may_be_unseen(const struct check *c, const char *name)
{
	size_t len = first_part(name);

	for (size_t i = 0; i < c->index->unseens; i++) {
		const char *u = qindex_text(c->index, c->index->unseen[i]);

		if (strncmp(u, name, len) == 0 &&
			(u[len] == '\0' || strcmp(u + len, "-udeb") == 0))
			return true;
	}
	for (size_t i = 0; i < c->others; i++) {
		const struct qindex *x = &c->other[i];

		for (size_t j = 0; j < x->questions; j++) {
			const char *q = qindex_text(x, x->question[j].name);

			if (strncmp(q, name, len + 1) == 0 && name[len] == '/' &&
				qindex_unseen(
					c->index, qindex_text(x, x->question[j].udeb)))
				return true;
		}
	}
	return false;
}

static const char *meant(const struct check *c, const struct answer *a)
{
	const struct qindex_question *q = nearest_question(c, a, c->index);
	const struct qindex *x = c->index;

	for (size_t i = 0; !q && i < c->others; i++) {
		x = &c->other[i];
		q = nearest_question(c, a, x);
	}
	return q ? pool_printf(c->pool, "; did you mean %s?", qindex_text(x, q->name))
		 : "";
}

static void renamed(struct check *c, const struct answer *a, const struct renamed *r)
{
	size_t len = strlen(a->question.s);

	if (!r->now) {
		found(c, a, a->question.at, len, LEVEL_WARNING, R_DEPRECATED,
			"%s is no more: %s", a->question.s, r->why);
		return;
	}
	found(c, a, a->question.at, len, LEVEL_WARNING, R_DEPRECATED,
		"%s is no more; %s took its place", a->question.s, r->now);
	if (r->same && qindex_find(c->index, r->now))
		mend(c, a, a->question.at, len, r->now);
}

/* A question of a package that is not the installer's. */
static bool other_package(struct check *c, const struct answer *a)
{
	bool debconf;
	size_t len = strlen(a->owner.s);

	if (strcmp(a->owner.s, "d-i") == 0 || deb_seen(c->index, a->owner.s))
		return false;
	if (c->index->packages && !qindex_package(c->index, a->owner.s, &debconf) &&
		!more_archives(c)) {
		/* an owner that is misspelt itself */
		if (edit_distance(a->owner.s, "d-i") <= 2)
			return false;
		found(c, a, a->owner.at, len, LEVEL_ERROR, R_UNKNOWN,
			"%s has no package %s, whose question %s would be%s",
			c->release, a->owner.s, a->question.s, meant(c, a));
	} else if (c->index->packages &&
		   qindex_package(c->index, a->owner.s, &debconf) && !debconf) {
		found(c, a, a->owner.at, len, LEVEL_WARNING, R_UNKNOWN,
			"package %s asks no questions", a->owner.s);
	} else {
		found(c, a, a->question.at, strlen(a->question.s), LEVEL_NOTE,
			R_NOT_KNOWN_HERE,
			"%s: the questions of package %s are not known here",
			a->question.s, a->owner.s);
	}
	return true;
}

static void unknown(struct check *c, const struct answer *a)
{
	const struct renamed *r = renamed_find(a->question.s);
	const struct qindex *x = NULL;
	const char *name = a->question.s, *there = elsewhere(c, name, &x);
	size_t len = strlen(name);

	if (alias_find(name)) {
		found(c, a, a->question.at, len, LEVEL_ERROR, R_UNKNOWN,
			"%s is a short name for the kernel command line alone; the "
			"question is %s",
			name, alias_find(name));
		mend(c, a, a->question.at, len, alias_find(name));
	} else if (may_be_unseen(c, name) && matches_elsewhere(c, name))
		found(c, a, a->question.at, len, LEVEL_NOTE, R_NOT_KNOWN_HERE,
			"%s is not known here: a package that was not to be had may "
			"read it",
			name);
	else if (there && qindex_unseen(c->index, there))
		found(c, a, a->question.at, len, LEVEL_NOTE, R_NOT_KNOWN_HERE,
			"%s is not known here: %s, which has it in %s, was not to be "
			"had",
			name, there, qindex_text(x, x->h->suite));
	else if (r)
		renamed(c, a, r);
	else if (other_package(c, a))
		return;
	else if (there)
		found(c, a, a->question.at, len, LEVEL_ERROR, R_UNKNOWN,
			"%s: %s has no such question, %s had (in %s)%s", name,
			c->release, qindex_text(x, x->h->suite), there, meant(c, a));
	else if (may_be_unseen(c, name))
		found(c, a, a->question.at, len, LEVEL_WARNING, R_NOT_KNOWN_HERE,
			"%s is not known here, and a package that was not to be had "
			"may have it%s",
			name, meant(c, a));
	else
		found(c, a, a->question.at, len, LEVEL_ERROR, R_UNKNOWN,
			"%s: %s has no such question%s", name, c->release, meant(c, a));
}

static bool is_udeb(const struct qindex *x, const char *package)
{
	for (size_t i = 0; i < x->questions; i++)
		if (strcmp(qindex_text(x, x->question[i].udeb), package) == 0)
			return true;
	return false;
}

/*
 * The installer hands the lines of all owners but d-i to the installed system's
 * debconf; itself it does not look at the owner.
 */
static void owner(struct check *c, const struct answer *a)
{
	const char *deb = qindex_text(c->index, a->q->deb);
	size_t len = strlen(a->owner.s);

	/* the installer's package that has it, too, may be one not to be had */
	if (!a->q->udeb && udeb_unseen(c, a->question.s))
		return;

	if (strcmp(a->owner.s, "d-i") == 0) {
		if (*deb && !a->q->udeb) {
			found(c, a, a->owner.at, len, LEVEL_WARNING, R_OWNER,
				"%s is a question of the installed system's %s, which "
				"never sees answers of owner d-i",
				a->question.s, deb);
			mend(c, a, a->owner.at, len, deb);
		}
		return;
	}
	if (*deb || qindex_matches(c->index, a->question.s))
		return; /* shared questions have many owners */
	if (c->index->packages && !qindex_package(c->index, a->owner.s, NULL) &&
		!is_udeb(c->index, a->owner.s)) {
		bool close = edit_distance(a->owner.s, "d-i") <= 2;

		found(c, a, a->owner.at, len, LEVEL_WARNING, R_OWNER,
			"%s is a question of the installer: its owner is d-i, not %s",
			a->question.s, a->owner.s);
		if (close)
			mend(c, a, a->owner.at, len, "d-i");
	} else {
		found(c, a, a->owner.at, len, LEVEL_NOTE, R_OWNER,
			"%s is a question of the installer: with owner %s the "
			"installed system gets it, too",
			a->question.s, a->owner.s);
	}
}

/* A word that is no type: most often the value, and the type is missing. */
static void no_type(struct check *c, const struct answer *a)
{
	const char *type = a->q ? qtype_name(a->q->type) : "";
	size_t len = strlen(a->type.s);
	bool typo = false;

	for (int t = QT_STRING; t < QT_OTHER; t++)
		typo |= *a->value.s && edit_distance(a->type.s, qtype_name(t)) <= 2 &&
			len > 3;
	if (typo) {
		found(c, a, a->type.at, len, LEVEL_ERROR, R_TYPE, "%s is no type%s%s%s",
			a->type.s, *type ? "; it is " : "", type, *type ? " here" : "");
		if (*type)
			mend(c, a, a->type.at, len, type);
		return;
	}
	found(c, a, a->type.at, len, LEVEL_ERROR, R_TYPE_MISSING,
		"the type%s%s is missing: %s is taken for it, and the answer is \"%s\"",
		*type ? " " : "", type, a->type.s, a->value.s);
	if (*type)
		mend(c, a, a->type.at, 0, pool_printf(c->pool, "%s ", type));
}

/* Whether people mix them up without harm: the installer looks at neither. */
static bool alike(enum qtype a, enum qtype b)
{
	return (a == QT_STRING || a == QT_SELECT || a == QT_MULTISELECT) &&
	       (b == QT_STRING || b == QT_SELECT || b == QT_MULTISELECT);
}

static void type(struct check *c, const struct answer *a, enum qtype given)
{
	enum qtype right = (enum qtype)a->q->type;
	size_t len = strlen(a->type.s);

	if (right == QT_ANY || right == given || right == QT_OTHER)
		return;
	/* a text is answered where programs, not people, are meant to read it */
	if (right == QT_TEXT || right == QT_TITLE || right == QT_ERROR) {
		if (!(a->q->flags & QF_READ))
			found(c, a, a->question.at, strlen(a->question.s), LEVEL_NOTE,
				R_TYPE, "%s is of type %s, and no script reads it",
				a->question.s, qtype_name(right));
		return;
	}
	found(c, a, a->type.at, len,
		alike(given, right) && (strcmp(a->owner.s, "d-i") == 0 || !a->q->deb)
			? LEVEL_NOTE
			: LEVEL_WARNING,
		R_TYPE, "%s is of type %s, not %s", a->question.s, qtype_name(right),
		a->type.s);
	mend(c, a, a->type.at, len, qtype_name(right));
}

void check_question(struct check *c, struct answer *a)
{
	enum qtype given = qtype_find(a->type.s, strlen(a->type.s));

	a->q = qindex_find(c->index, a->question.s);
	if (!a->q && !placeholder(a->question.s) &&
		!qindex_matches(c->index, a->question.s))
		unknown(c, a);
	else if (a->q)
		owner(c, a);
	if (given == QT_COUNT && !a->seen)
		no_type(c, a);
	else if (a->q && !a->seen)
		type(c, a, given);
}
