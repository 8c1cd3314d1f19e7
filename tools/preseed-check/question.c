// SPDX-License-Identifier: MIT
/* question.c - whether there is such a question, whose it is, and of what type. */
#include "check.h"
#include "nearest.h"

#include <string.h>
#include <strings.h>

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

/* Whether the word is one of those that hyphens part in a package's name. */
static bool has_part(const char *package, const char *word, size_t len)
{
	for (const char *p = package; *p; p += *p == '-') {
		size_t n = strcspn(p, "-");

		if (n == len && strncmp(p, word, n) == 0)
			return true;
		p += n;
	}
	return false;
}

/* Packages whose questions are not named like them. */
static const struct {
	const char *first, *packages; /* with blanks between */
} homes[] = {
	{ "debian-installer",
		"localechooser cdebconf-udeb cdebconf-priority debian-installer-utils "
		"rootskel main-menu base-installer bootstrap-base anna finish-install "
		"grub-installer console-setup-udeb di-utils-exit-installer "
		"di-utils-reboot "
		"netcfg hw-detect save-logs" },
	{ "debconf", "cdebconf-udeb cdebconf-priority localechooser" },
	{ "passwd", "user-setup-udeb" },
	{ "time", "tzsetup-udeb clock-setup" },
	{ "tzsetup", "tzsetup-udeb" },
	{ "keyboard-configuration", "console-setup-udeb" },
	{ "console-setup", "console-setup-udeb" },
	{ "mirror", "choose-mirror choose-mirror-bin apt-mirror-setup apt-setup-udeb" },
	{ "preseed", "preseed-common" },
	{ "auto-install", "preseed-common" },
	{ "apt-setup", "apt-setup-udeb apt-mirror-setup apt-cdrom-setup" },
	{ "disk-detect", "hw-detect disk-detect" },
	{ "ethdetect", "ethdetect hw-detect" },
	{ "hw-detect", "hw-detect" },
	{ "base-installer", "base-installer bootstrap-base" },
	{ "localechooser", "localechooser" },
	{ "network-console", "network-console" },
	{ "partman", "partman-base partman-target" },
};

/* Whether the package may have questions whose names begin so. */
static bool at_home(const char *package, const char *first, size_t len)
{
	for (size_t i = 0; i < sizeof(homes) / sizeof(*homes); i++) {
		const char *p = homes[i].packages;
		size_t n;

		if (strlen(homes[i].first) != len ||
			strncmp(homes[i].first, first, len) != 0)
			continue;
		for (; *p; p += n + strspn(p + n, " ")) {
			n = strcspn(p, " ");
			if (strlen(package) == n && strncmp(p, package, n) == 0)
				return true;
		}
	}
	return has_part(package, first, len) ||
	       (strncmp(package, first, len) == 0 &&
		       (package[len] == '\0' || package[len] == '-'));
}

/*
 * Whether a package that the index has not seen may have questions of such a
 * name: by the package's own name, or by what it has in another release.
 */
static bool may_be_unseen(const struct check *c, const char *name)
{
	size_t len = first_part(name);

	for (size_t i = 0; i < c->index->unseens; i++)
		if (at_home(qindex_text(c->index, c->index->unseen[i]), name, len))
			return true;
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

/* own: of the same package only, for another's may not be seen. */
static const char *meant(struct check *c, const struct answer *a, bool own)
{
	const struct qindex_question *q = nearest_question(c, a, c->index);
	const struct qindex *x = c->index;
	size_t n = first_part(a->question.s) + 1;

	for (size_t i = 0; !q && i < c->others; i++) {
		x = &c->other[i];
		q = nearest_question(c, a, x);
	}
	if (q && own && strncmp(qindex_text(x, q->name), a->question.s, n) != 0)
		return "";
	return q ? pool_printf(c->pool, "; did you mean %s?", qindex_text(x, q->name))
		 : "";
}

/* Whether the answer would do for that question, and does not take another's place. */
static bool fits(struct check *c, const struct answer *a, const char *question)
{
	const struct qindex_question *q = qindex_find(c->index, question);
	const char *v = a->value.s, *choices;

	if (!q || answer_find(c, question))
		return false;
	if (q->type == QT_BOOLEAN)
		return strcmp(v, "true") == 0 || strcmp(v, "false") == 0;
	if (strcmp(question, "base-installer/kernel/image") == 0)
		return c->index->packages == 0 || qindex_package(c->index, v, NULL);
	choices = qindex_text(c->index, q->choices);
	return q->type != QT_SELECT || !*choices || (q->flags & QF_DYNAMIC) ||
	       choice_known(choices, v);
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
	if (r->same && fits(c, a, r->now))
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
		!c->archives) {
		/* an owner that is misspelt itself */
		if (edit_distance(a->owner.s, "d-i") <= 2)
			return false;
		found(c, a, a->owner.at, len, LEVEL_ERROR, R_UNKNOWN,
			"%s has no package %s, whose question %s would be%s",
			c->release, a->owner.s, a->question.s, meant(c, a, false));
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
	const char *name = a->question.s, *there = elsewhere(c, name, &x), *near;
	size_t len = strlen(name);

	if (alias_find(name)) {
		found(c, a, a->question.at, len, LEVEL_ERROR, R_UNKNOWN,
			"%s is a short name for the kernel command line alone; the "
			"question is %s",
			name, alias_find(name));
		if (fits(c, a, alias_find(name)))
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
	else if (there && strcmp(qindex_text(x, x->h->suite), c->release) == 0)
		found(c, a, a->question.at, len, LEVEL_WARNING, R_UNKNOWN,
			"%s: %s has no such question on %s; it is of %s, on %s", name,
			c->release, qindex_text(c->index, c->index->h->arch), there,
			qindex_text(x, x->h->arch));
	else if (there)
		found(c, a, a->question.at, len, LEVEL_ERROR, R_UNKNOWN,
			"%s: %s has no such question, %s had (in %s)%s", name,
			c->release, qindex_text(x, x->h->suite), there,
			meant(c, a, false));
	else if (may_be_unseen(c, name)) {
		near = meant(c, a, true);
		found(c, a, a->question.at, len, *near ? LEVEL_WARNING : LEVEL_NOTE,
			R_NOT_KNOWN_HERE,
			"%s is not known here, and a package that was not to be had "
			"may have it%s",
			name, near);
	} else
		found(c, a, a->question.at, len, LEVEL_ERROR, R_UNKNOWN,
			"%s: %s has no such question%s", name, c->release,
			meant(c, a, false));
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
	if (!a->q->udeb &&
		(udeb_unseen(c, a->question.s) || may_be_unseen(c, a->question.s)))
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

/* The type that a word is meant to be: but for case, shortened, or misspelt. */
static enum qtype type_meant(const char *s)
{
	static const struct {
		const char *word;
		enum qtype type;
	} words[] = { { "bool", QT_BOOLEAN }, { "str", QT_STRING }, { "text", QT_TEXT },
		{ "int", QT_STRING }, { "integer", QT_STRING }, { "number", QT_STRING },
		{ "pass", QT_PASSWORD }, { "passwd", QT_PASSWORD },
		{ "selection", QT_SELECT }, { "multi-select", QT_MULTISELECT },
		{ "multi_select", QT_MULTISELECT }, { "multi", QT_MULTISELECT } };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcasecmp(s, words[i].word) == 0)
			return words[i].type;
	for (int t = QT_STRING; t < QT_OTHER; t++)
		if (strcasecmp(s, qtype_name((enum qtype)t)) == 0 ||
			(strlen(s) > 3 &&
				edit_distance(s, qtype_name((enum qtype)t)) <= 2))
			return (enum qtype)t;
	return QT_COUNT;
}

/*
 * A word that is no type: misspelt, which the installer does not look at; or the
 * value, and the type is missing.
 */
static void no_type(struct check *c, const struct answer *a)
{
	const char *type = a->q ? qtype_name(a->q->type) : "";
	size_t len = strlen(a->type.s);
	enum qtype meant = type_meant(a->type.s);
	bool system = strcmp(a->owner.s, "d-i") != 0;

	if (placeholder(a->type.s) || placeholder(a->question.s))
		return;
	if (meant != QT_COUNT &&
		(*a->value.s || strcasecmp(a->type.s, qtype_name(meant)) == 0)) {
		if (!*type)
			type = qtype_name(meant);
		found(c, a, a->type.at, len, system ? LEVEL_ERROR : LEVEL_WARNING,
			R_TYPE, "%s is none of the types; %s is meant%s", a->type.s,
			type,
			system ? ", and the installed system's debconf leaves the line "
				 "out"
			       : "");
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
		alike(given, right) && (strcmp(a->owner.s, "d-i") == 0 || !a->q->deb ||
					       a->q->udeb)
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
