/*
 * check.h - a preseed file while it is checked: its answers, what is known of the
 * release, what has been found.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "pool.h"
#include "qindex.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum level { LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR, LEVEL_COUNT };

/* The table in rules.c has them in this order. */
enum rule {
	R_SYNTAX,
	R_COMMENT,
	R_TYPE_MISSING,
	R_TYPE,
	R_UNKNOWN,
	R_NOT_KNOWN_HERE,
	R_DEPRECATED,
	R_OWNER,
	R_BOOLEAN,
	R_CHOICE,
	R_LOCALISED,
	R_TWICE,
	R_OVERRIDDEN,
	R_PASSWORD_CLEAR,
	R_PASSWORD_HASH,
	R_RECIPE,
	R_DISK,
	R_SHELL,
	R_IN_TARGET,
	R_PACKAGE,
	R_TASK,
	R_UNANSWERED,
	R_LATE,
	RULE_COUNT
};

struct rule_text {
	const char *id, *help;
};

extern const struct rule_text rules[RULE_COUNT];
const char *level_name(enum level l);

/* RULE_COUNT if there is none of that name. */
enum rule rule_find(const char *name, size_t len);

/* A piece of an answer's text, and where in the file it is. */
struct segment {
	size_t at, from; /* offset in the text, in the file */
	unsigned line;
};

struct part {
	const char *s; /* NUL-terminated copy; "" if it is not there */
	size_t at;     /* in the answer's text */
};

/* One line, joined with those that continue it, as the installer takes it apart. */
struct answer {
	const char *text;
	size_t len;
	struct part owner, question, type, value;
	struct segment *seg;
	size_t segs;
	unsigned line;
	bool seen;	 /* sets the question's flag, not its value */
	bool broken;	 /* the installer cannot take it apart */
	bool told;	 /* what is wrong with it has been said elsewhere */
	uint32_t hidden; /* rules that a comment before it puts to rest, a bit each */
	const struct qindex_question *q; /* NULL: not known */
};

/* A change that is beyond doubt: bytes of the file replaced. */
struct edit {
	size_t from, to;
	const char *with;
};

struct finding {
	enum level level;
	enum rule rule;
	unsigned line, column, width; /* in characters from 1; width 0: no place */
	size_t from;		      /* the line's beginning in the file */
	const char *message;
	const struct edit *fix;
	const char *question; /* "" if it is about no one answer */
	const char *origin;   /* where the answer comes from, NULL: the file itself */
};

struct file {
	const char *name, *text;
	size_t len;
	struct answer *v;
	size_t n, room;
	struct finding *f;
	size_t findings, froom;
	uint32_t hidden; /* rules put to rest for the whole file */
	bool template;	 /* another program puts in more than it shows */
};

/* Where preseed --explain says that an answer comes from. */
struct origin {
	const char *question, *value, *from; /* question "": of a key */
};

struct check {
	struct pool *pool; /* of the file */
	const struct qindex *index;
	const char *release;	    /* what the index calls itself */
	const struct qindex *other; /* indexes of other releases */
	size_t others;
	const char *cmdline;   /* NULL: not said */
	uint64_t disk, memory; /* bytes; 0: not said */
	const struct origin *origin;
	size_t origins;
	struct shell *shell;
	struct file *file;
	struct finding *last; /* just put down; NULL if it was put to rest */
};

/* lines.c: takes the text apart. */
void lines_read(struct check *c);

/* Puts down what is wrong with len bytes at offset at of an answer's text. */
void found(struct check *c, const struct answer *a, size_t at, size_t len,
	enum level level, enum rule rule, const char *fmt, ...)
	__attribute__((format(printf, 7, 8)));

/* Puts down what is wrong with the file as a whole. */
void found_file(struct check *c, const char *question, enum level level, enum rule rule,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* The last finding can be mended so; nothing if the bytes are not in one piece. */
void mend(struct check *c, const struct answer *a, size_t at, size_t len,
	const char *with);

/* The answer that counts, NULL if there is none. */
const struct answer *answer_find(const struct check *c, const char *question);

/* check.c: all rules over c->file. */
void check_file(struct check *c);

/* Whether a value is another program's to fill in: Packer's, Cobbler's, Jinja's. */
bool placeholder(const char *s);

/* asked.c: the question that a short name of the kernel command line is for. */
const char *alias_find(const char *name);

/* What the kernel command line says of a question; NULL. */
const char *on_cmdline(struct check *c, const char *question);

/* What it or the file says; NULL. */
const char *value_said(struct check *c, const char *question);

/* Whether it, the file or a command of the file answers. */
bool answer_known(struct check *c, const char *question);

/* Whether an ordinary installation comes by the question. */
bool installer_asks(const char *question);

/* Whether more answers may come from where the file does not show them. */
bool more_to_come(const struct check *c);

/* sets.c: whether an early command sets it, by debconf-set or the like, in time. */
bool command_sets(struct check *c, const char *question);

/* Whether an early command hands over answers that it does not show. */
bool commands_fetch_answers(const struct check *c);

/* Whether an early command has that text in it. */
bool commands_mention(struct check *c, const char *text);

/* late.c: whether an early command sets the network up again. */
bool network_again(struct check *c);

/* One file each: what belongs together of the rules. */
void check_question(struct check *c, struct answer *a);
void check_value(struct check *c, const struct answer *a);
void check_password(struct check *c, const struct answer *a);
void check_twice(struct check *c);
void check_partman(struct check *c, const struct answer *a);
void check_recipe(struct check *c, const struct answer *a);
void check_layout(struct check *c);
void check_command(struct check *c, const struct answer *a);
void check_late(struct check *c);
void check_packages(struct check *c, const struct answer *a);
void check_asked(struct check *c);

/* renamed.c: what became of a question that is no more. */
struct renamed {
	const char *old, *now; /* NULL: nothing took its place */
	bool same;	       /* the value goes on to mean the same */
	const char *why;
};

const struct renamed *renamed_find(const char *name);

/* packages.c: whether the file adds archives, which may have any package. */
bool more_archives(const struct check *c);

/* suggest.c: the known question nearest to a name; NULL if none is near. */
const struct qindex_question *nearest_question(
	const struct check *c, const struct answer *a, const struct qindex *x);

/* shell.c: whether text is valid shell; else what the shell says of it. */
struct shell *shell_new(struct pool *pool);
const char *shell_fault(struct shell *s, const char *text);
void shell_free(struct shell *s);

/* words.c: a command line into words and operators, without a shell. */
struct token {
	const char *s; /* quotes and backslashes taken off */
	size_t at, len;
	char kind; /* w word, o operator, r redirection */
};

struct tokens {
	struct token *v;
	size_t n, room;
	bool plain;	/* nothing in it but words, quotes and operators */
	size_t comment; /* offset of a # that begins a comment, else the length */
};

void tokens_read(struct tokens *t, struct pool *pool, const char *text);
bool tokens_valid(const struct tokens *t);

/* report.c */
enum format { FORMAT_TEXT, FORMAT_GCC, FORMAT_JSON, FORMAT_SARIF, FORMAT_COUNT };

struct report {
	enum format format;
	enum level level;
	bool color, excerpt;
	size_t shown, files; /* so far */
};

bool format_find(const char *name, enum format *f);
void report_begin(struct report *r);
void report_file(struct report *r, const struct file *f);
void report_end(struct report *r);

/* fix.c: the text with all mends in it; NULL if there are none. */
char *fixed_text(const struct file *f, struct pool *pool, enum level level, size_t *len,
	size_t *count);

#endif
