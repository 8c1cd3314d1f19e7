// SPDX-License-Identifier: MIT
/*
 * qindex.h - a release's debconf questions, as preseed-index writes them and
 * preseed-check reads them: one file, mapped and searched as it is.
 *
 * All numbers are 32 bits in the machine's own byte order, which `order` tells;
 * a string is an offset into the texts, which end with a NUL and begin with one,
 * so that 0 is the empty string. Names are sorted by strcmp(3).
 * preseed-index(1) describes the format.
 */
#ifndef SEEDBED_QINDEX_H
#define SEEDBED_QINDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QINDEX_MAGIC "sbquest3"
enum { QINDEX_ORDER = 0x01020304 };

enum qtype {
	QT_ANY, /* a script reads it, but no template says what it is */
	QT_STRING,
	QT_BOOLEAN,
	QT_SELECT,
	QT_MULTISELECT,
	QT_PASSWORD,
	QT_NOTE,
	QT_TEXT,
	QT_TITLE,
	QT_ERROR,
	QT_OTHER, /* entropy, terminal: types of one package alone */
	QT_COUNT
};

enum qpriority { QP_NONE, QP_LOW, QP_MEDIUM, QP_HIGH, QP_CRITICAL };

enum qflags {
	QF_DYNAMIC = 1, /* further choices come up while the installer runs */
	QF_READ = 2,	/* a script reads it: it can be answered, whatever its type */
};

struct qindex_question {
	uint32_t name;
	uint32_t udeb;	  /* the installer's package that has it */
	uint32_t deb;	  /* and the system's */
	uint32_t value;	  /* the template's default */
	uint32_t choices; /* in the C locale, a line each */
	uint32_t shown;	  /* "CHOICE<TAB>TEXT" lines: what people see instead */
	uint32_t asker;	  /* the package whose script asks with that priority */
	uint32_t title;	  /* its description's first line, in English */
	uint8_t type, priority, flags, pad;
};

/* A name, and what belongs to it. */
struct qindex_pair {
	uint32_t name, value;
};

/* A table of the file: where it begins and how many entries it has. */
struct qindex_table {
	uint32_t at, count;
};

struct qindex_header {
	char magic[8];
	uint32_t order, size; /* of the whole file */
	uint32_t suite, number, alias, arch;
	struct qindex_table question;
	struct qindex_table pattern;  /* strings: names with * that scripts read */
	struct qindex_table package;  /* strings, QINDEX_DEBCONF may be added */
	struct qindex_table unseen;   /* strings: packages that were not to be had */
	struct qindex_table locale;   /* strings: those that the installer takes */
	struct qindex_table language; /* strings: the same */
	struct qindex_table user;     /* strings: user names that it does not */
	struct qindex_table zone;     /* pairs: a time zone; its name in tzdata, where
				       * another package has this one */
	struct qindex_table outside;  /* pairs: a package of another component; that */
	struct qindex_table text;     /* bytes */
};

/* The package's own dependencies say that it may ask questions. */
#define QINDEX_DEBCONF 0x80000000u

struct qindex {
	const struct qindex_header *h;
	const struct qindex_question *question;
	const uint32_t *pattern, *package, *unseen, *locale, *language, *user;
	const struct qindex_pair *zone, *outside;
	size_t questions, patterns, packages, unseens, locales, languages, users, zones,
		outsides;
	const char *text;
	size_t textlen;
	void *map;
	size_t maplen;
};

/* 0, -EBADMSG for a file that is no such index, or another negative errno. */
int qindex_open(struct qindex *x, const char *path);

/* The same of bytes in memory, aligned as malloc() does. */
int qindex_read(struct qindex *x, const void *data, size_t len);

void qindex_close(struct qindex *x);

const char *qindex_text(const struct qindex *x, uint32_t at);

const struct qindex_question *qindex_find(const struct qindex *x, const char *name);

/* Whether scripts read questions of such a name, as apt-setup/local0/key. */
bool qindex_matches(const struct qindex *x, const char *name);

/* Whether the suite has such a package; *debconf, if it may ask questions. */
bool qindex_package(const struct qindex *x, const char *name, bool *debconf);

bool qindex_unseen(const struct qindex *x, const char *package);

bool qindex_locale(const struct qindex *x, const char *name);
bool qindex_language(const struct qindex *x, const char *name);
bool qindex_user(const struct qindex *x, const char *name);

/*
 * "" for a time zone of the release's tzdata, another name of it for one that only
 * another package has, NULL for what is none.
 */
const char *qindex_zone(const struct qindex *x, const char *name);

/* The component, such as contrib, that has the package; NULL if none but main has. */
const char *qindex_outside(const struct qindex *x, const char *package);

/* "string" and so on; "" for QT_ANY. */
const char *qtype_name(enum qtype t);

/* QT_COUNT for what is none. */
enum qtype qtype_find(const char *name, size_t len);

const char *qpriority_name(enum qpriority p);
enum qpriority qpriority_find(const char *name, size_t len);

#endif
