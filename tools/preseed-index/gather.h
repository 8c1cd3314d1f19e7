// SPDX-License-Identifier: MIT
/*
 * gather.h - what is known of a release's questions while packages are read.
 *
 * Templates and scripts come in any order, so what scripts say of a question is
 * kept and settled at the end.
 */
#ifndef INDEX_GATHER_H
#define INDEX_GATHER_H

#include "pool.h"
#include "qindex.h"

struct question {
	const char *name, *udeb, *deb, *value, *choices, *shown, *asker, *title;
	enum qtype type;
	enum qpriority priority;
	unsigned flags;
};

enum said { SAID_INPUT, SAID_GET, SAID_REGISTER, SAID_PROGRAM };

/* One line of a script: it asks, reads or registers a question. */
struct mention {
	enum said what;
	enum qpriority priority;
	const char *name; /* * stands for a variable */
	const char *from; /* SAID_REGISTER: the template */
	const char *package;
	bool reads; /* is the installer's, so that what it reads exists */
};

struct names {
	const char **v;
	size_t n, room;
};

struct pair {
	const char *name, *value;
};

struct pairs {
	struct pair *v;
	size_t n, room;
};

struct gather {
	struct pool *pool;
	void *questions; /* of tsearch(3) */
	struct mention *mention;
	size_t mentions, room;
	struct names pattern, package, debconf, unseen, seen, locale, language, user;
	struct pairs zone, outside;
};

/* Package whose templates or scripts are read. */
struct source {
	const char *package;
	bool udeb;
};

/* templates.c: a package's templates. 0, or -EBADMSG and the line at fault. */
int templates_read(struct gather *g, const struct source *s, const char *text,
	size_t len, unsigned *line);

/* The choices of a Choices field, a line each; *dynamic if a ${variable} is one. */
char *choices_split(struct pool *p, const char *text, size_t len, bool *dynamic);

/* scripts.c: what a shell script asks and reads. Any bytes; others are passed by. */
void script_read(
	struct gather *g, const struct source *s, const char *text, size_t len);

/*
 * The same for a program: strings in it that look like questions' names. They count
 * only if they begin like a template of the same package.
 */
void program_read(
	struct gather *g, const struct source *s, const char *data, size_t len);

/*
 * packages.c: the suite's packages, in the archive's Packages format. Those that are
 * of another component than main are put aside.
 */
int packages_read(struct gather *g, const char *text, size_t len, unsigned *line);

/* lists.c: a file of names, a line each up to a semicolon. */
void list_read(struct gather *g, struct names *list, const char *text, size_t len);

/*
 * lists.c: a file of a package below usr/share/zoneinfo; target is what a symbolic
 * link points to, else NULL.
 */
void zone_read(
	struct gather *g, const struct source *s, const char *path, const char *target);

struct question *gather_find(const struct gather *g, const char *name);
struct question *gather_add(struct gather *g, const char *name);
void gather_name(struct names *list, const char *name);

/* Sorted, each once. */
void names_sort(struct names *list);
bool names_have(const struct names *list, const char *name);

/* Of a name that comes twice, the one with the lesser value stays: none is least. */
void gather_pair(struct pairs *list, const char *name, const char *value);
void pairs_sort(struct pairs *list);

/* What scripts said is put to the questions. */
void gather_settle(struct gather *g);

/* All questions by name, the caller's array. */
struct question **gather_list(const struct gather *g, size_t *n);

void gather_free(struct gather *g);

/* archive.c: a .deb, a .udeb or an initrd. Says what is wrong. */
int package_read(struct gather *g, const char *path);
int initrd_read(struct gather *g, const char *path);

struct release {
	const char *suite, *number, *alias, *arch;
};

/* write.c: the index, whole or not at all. 0 or a negative errno. */
int index_write(struct gather *g, const struct release *r, const char *path);

#endif
