// SPDX-License-Identifier: MIT
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
	R_QUOTES,
	R_NETWORK,
	R_ACCOUNT,
	R_TIME_ZONE,
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

/* Whether blanks stand behind a line's backslash, and the answer was to go on. */
enum late { LATE_NOT, LATE_MORE, LATE_LAST };

/* A piece of an answer's text, and where in the file it is. */
struct segment {
	size_t at, from; /* offset in the text, in the file */
	unsigned line;
	size_t end, past; /* in the file: of the piece; of its line, without newline */
	enum late late;
};

/* A line before which the installer has already begun another answer. */
struct slip {
	unsigned into;	      /* the line of the answer that swallows it; 0: none */
	const char *question; /* of that one */
	unsigned line;	      /* ends with the backslash, which is */
	size_t from, to;      /* here in the file */
};

struct part {
	const char *s; /* NUL-terminated copy; "" if it is not there */
	size_t at;     /* in the answer's text */
};

/* One line, joined with those that continue it, as the installer takes it apart. */
struct answer {
	const char *text;
	const char *masked; /* the same; what a template fills in is dollars */
	size_t len;
	struct part owner, question, type, value;
	struct segment *seg;
	size_t segs;
	unsigned line, branch; /* branch: of a template's if; 0: of none */
	struct slip slip;
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
	struct known *known;  /* answers by question, of lookup.c */
	size_t knowns;
	struct cmdline *param; /* of the command line, of cmdline.c */
	size_t params;
	size_t suggested; /* names for which one that is near was looked for */
	bool archives;	  /* the file adds some, which may have any package */
	bool stopped; /* the installer has come to a line that it reads no further than
		       */
	size_t text;  /* the finding of lines that are no answers, from 1; 0: none */
	const char *text_said;
	struct {
		size_t from, start; /* of the last finding: its byte, its line */
		unsigned column;
	} place;
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

/* The same for bytes of the file, of answer a or, NULL, of none. */
void found_bytes(struct check *c, const struct answer *a, size_t from, unsigned line,
	enum rule rule, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
void mend_bytes(struct check *c, size_t from, size_t to, const char *with);

/* lookup.c: after the lines have been read, and those that are no answers marked. */
void answers_sort(struct check *c);

/* The answer that counts, NULL if there is none. */
const struct answer *answer_find(const struct check *c, const char *question);

/* Whether the file sets the flag that keeps a question from being asked. */
bool answer_seen(const struct check *c, const char *question);

/* The line that takes the flag away. */
unsigned answer_unseen(const struct check *c, const char *question);

/*
 * template.c: the length of what is a template's own at s, 0 if there is nothing;
 * *text: that it stands for text.
 */
size_t template_at(const char *s, const char *end, bool *text);
bool template_opens(const char *s, const char *end);
bool template_line(const char *s, const char *end);
bool template_output(const char *s, const char *end);
const char *template_mask(struct pool *pool, const char *s);

/* What it does to the lines around: opens a block, goes on with another branch. */
enum turn { TURN_NONE, TURN_OPEN, TURN_ELSE, TURN_CLOSE };
enum turn template_turn(const char *s, const char *end);

/* What the next of them in a line does, and past it; *missing is 0 at first. */
enum turn template_next(const char **s, const char *end, unsigned *missing);

/* check.c: all rules over c->file. */
void check_file(struct check *c);

/* filled.c: whether a value is another program's to fill in: Packer's, Cobbler's,
 * Jinja's. */
bool placeholder(const char *s);

/* The same of a value: in a template a dollar anywhere in it will do. */
bool filled_in(const struct check *c, const char *value);

/* A parameter of the kernel command line that the installer makes an answer of. */
struct cmdline {
	const char *name; /* the question */
	const char *owner; /* said before it, or d-i */
	const char *said;  /* the same as it stands there */
	const char *value;
	bool seen;
};

/* cmdline.c: the question that a short name of the kernel command line is for. */
const char *alias_find(const char *name);

/* The short name that was meant, NULL if none is near. */
const char *alias_near(const char *name);
void cmdline_read(struct check *c);

/* What the kernel command line says of a question; NULL. */
const char *on_cmdline(struct check *c, const char *question);

bool cmdline_seen(const struct check *c, const char *question);

/* What it or the file says; NULL. */
const char *value_said(struct check *c, const char *question);

/* answered.c: whether it, the file or a command of the file answers. */
bool answer_known(struct check *c, const char *question);

/* Whether more answers may come from where the file does not show them. */
bool more_to_come(const struct check *c);

/* early.c: whether an early command sets it, by debconf-set or the like, in time. */
bool command_sets(struct check *c, const char *question);

/* Whether an early command hands over answers that it does not show. */
bool commands_fetch_answers(const struct check *c);

/* Whether an early command has that text in it. */
bool commands_mention(struct check *c, const char *text);

/* asked.c: whether an ordinary installation comes by the question. */
bool installer_asks(const char *question);

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
void check_line(struct check *c, struct answer *a);
void check_marks(struct check *c, const struct answer *a);
void check_network(struct check *c, const struct answer *a);
void check_account(struct check *c, const struct answer *a);
void check_place(struct check *c, const struct answer *a);

/* marks.c: quotes around it, or a comment behind it, which the installer takes along.
 */
bool marked(const struct check *c, const struct answer *a);

void check_cmdline(struct check *c); /* parameters.c */
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

/* value.c: whether it is one of the lines of choices. */
bool choice_known(const char *choices, const char *s);

/* Only so many names are looked for in a file: each takes its time. */
enum { SUGGESTIONS = 500 };

/* account.c: whether a user is made; of which name, if only the full one is said. */
bool makes_user(struct check *c);
bool user_forced(struct check *c); /* whatever passwd/make-user says */
const char *user_from_name(struct check *c);

/* suggest.c: the known question nearest to a name; NULL if none is near. */
const struct qindex_question *nearest_question(
	struct check *c, const struct answer *a, const struct qindex *x);

/* shell.c: whether text is valid shell; else what the shell says of it. */
struct shell *shell_new(struct pool *pool);
const char *shell_fault(struct shell *s, const char *text);
void shell_free(struct shell *s);

/* tokens.c: a command line into words and operators, without a shell. */
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
