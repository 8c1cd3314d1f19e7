// SPDX-License-Identifier: MIT
#include "debconf.h"
#include "answers.h"
#include "cleanup.h"
#include "diag.h"
#include "slurp.h"
#include "stanza.h"
#include "templates.h"

#include <search.h>
#include <string.h>

#define QUESTIONS "var/lib/cdebconf/questions.dat"
#define PASSWORDS "var/lib/cdebconf/passwords.dat"
#define TEMPLATES "var/lib/cdebconf/templates.dat"
#define LOG	  "var/lib/preseed/log"
#define DUMMY	  "debian-installer/dummy"

struct question {
	char *name, *type;  /* of its template; type NULL: it has none */
	const char *value;  /* NULL: none set */
	bool seen, touched; /* touched: by an answer */
};

struct database {
	void *root; /* of tsearch(3): struct question by name */
	FILE *questions, *passwords;
};

static int by_name(const void *a, const void *b)
{
	const struct question *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void question_free(void *p)
{
	struct question *q = p;

	free(q->name);
	free(q->type);
	free(q);
}

static struct question *find(struct database *db, const char *name)
{
	const struct question key = { .name = (char *)name };
	void *slot = tfind(&key, &db->root, by_name);

	return slot ? *(struct question **)slot : NULL;
}

/* name passes to the database; NULL: no memory. */
static struct question *add(struct database *db, char *name)
{
	struct question *q = name ? calloc(1, sizeof(*q)) : NULL;

	if (!q) {
		free(name);
		return NULL;
	}
	q->name = name;
	if (!tsearch(q, &db->root, by_name)) {
		question_free(q);
		return NULL;
	}
	return q;
}

static int know(struct database *db, const char *text, size_t len)
{
	const char *p = text, *end = text + len;
	struct question *q = NULL;
	struct field f;
	int r;

	while ((r = field_next(&p, end, &f)) >= 0) {
		if (r == 0) {
			q = NULL;
		} else if (field_is(&f, "Template")) {
			_cleanup_free_ char *name = field_value(&f);

			q = name ? find(db, name) : NULL;
			if (!q)
				q = add(db, steal_ptr(&name));
			if (!q)
				return -ENOMEM;
		} else if (q && field_is(&f, "Type")) {
			free(q->type);
			q->type = field_value(&f);
		}
	}
	return r == -ENOENT ? 0 : r;
}

/* The templates that the start-up loads: every package's that is in the initrd. */
static int know_all(struct database *db, const struct initrd *rd)
{
	const struct tree *trees[] = { &rd->base, &rd->add };
	int r = 0;

	for (int t = 0; r == 0 && t < 2; t++) {
		_cleanup_free_ struct node **list = tree_list(trees[t]);

		if (!list)
			return -ENOMEM;
		for (size_t i = 0; r == 0 && i < trees[t]->count; i++) {
			if (!is_templates(list[i]->path) || !S_ISREG(list[i]->mode) ||
				(t == 0 && tree_get(&rd->add, list[i]->path)))
				continue;
			r = know(db, list[i]->data, list[i]->size);
			if (r < 0)
				diag("%s: %s: not debconf templates", rd->name,
					list[i]->path);
		}
	}
	return r;
}

/* What "db_fset QUESTION seen VALUE" does: nothing without just one word. */
static void set_flag(struct question *q, const char *value)
{
	if (!value[0] || strpbrk(value, " \t\v\f\r"))
		return;
	q->seen = strcmp(value, "true") == 0;
	q->touched = true;
}

static int apply(struct database *db, const struct answer *a)
{
	struct question *q = find(db, a->question);

	if (a->flag) {
		if (q)
			set_flag(q, a->value);
		return 0;
	}
	if (!q)
		q = add(db, strdup(a->question));
	if (!q)
		return -ENOMEM;
	q->value = a->value;
	q->seen = q->touched = true;
	return 0;
}

/*
 * A question without a template is registered by the installer as one of
 * nobody's that looks like DUMMY.
 */
static void write_question(const void *slot, VISIT which, void *closure)
{
	const struct question *q = *(struct question *const *)slot;
	const struct database *db = closure;
	bool password = q->type && strcmp(q->type, "password") == 0;
	FILE *out = password ? db->passwords : db->questions;

	if (!q->touched || (which != postorder && which != leaf))
		return;
	fprintf(out, "Name: %s\nTemplate: %s\n", q->name, q->type ? q->name : DUMMY);
	if (q->value)
		fprintf(out, "Value: %s\n", q->value);
	fprintf(out, "Owners: %s\n", q->type ? "d-i" : "unknown");
	if (q->seen)
		fputs("Flags: seen\n", out);
	if (!q->type)
		fprintf(out, "Variables:\n ID = %s\n", q->name);
	fputc('\n', out);
}

static int put(struct initrd *rd, const char *path, uint32_t mode, const char *text)
{
	int r = text ? initrd_put_file(rd, path, mode, text, strlen(text)) : -ENOMEM;

	if (r < 0)
		diag_errno(-r, "%s", path);
	return r;
}

static int put_databases(struct initrd *rd, struct database *db)
{
	static const char dummy[] = "Name: " DUMMY "\nType: string\n\n";
	_cleanup_free_ char *questions = NULL, *passwords = NULL;
	size_t len;
	int r;

	db->questions = open_memstream(&questions, &len);
	db->passwords = open_memstream(&passwords, &len);
	if (!db->questions || !db->passwords)
		return -ENOMEM;
	twalk_r(db->root, write_question, db);
	fclose(db->questions);
	fclose(db->passwords);
	r = put(rd, QUESTIONS, 0644, questions);
	if (r == 0)
		r = put(rd, PASSWORDS, 0600, passwords);
	/* The start-up loads this before the template's own package. */
	return r < 0 ? r : put(rd, TEMPLATES, 0644, dummy);
}

/* What is left to the installer to read, and its log of what it need not. */
static int put_lines(struct initrd *rd, const struct answers *a)
{
	_cleanup_free_ char *noted = NULL, *left = NULL;
	FILE *out[2];
	size_t len;
	int r;

	out[0] = open_memstream(&noted, &len);
	out[1] = open_memstream(&left, &len);
	if (!out[0] || !out[1])
		return -ENOMEM;
	fputs("# The other answers are in /" QUESTIONS " already.\n", out[1]);
	for (size_t i = 0; i < a->count; i++)
		fprintf(out[a->list[i].fetch], "%s\n", a->list[i].line);
	fclose(out[0]);
	fclose(out[1]);
	r = put(rd, LOG, 0644, noted);
	return r < 0 ? r : put(rd, "preseed.cfg", 0644, left);
}

/* That the initrd is an installer's, with this kind of database, and unanswered. */
static int check(const struct initrd *rd, struct database *db)
{
	const struct node *conf = initrd_get(rd, "etc/cdebconf.conf");
	const struct node *before = initrd_get(rd, QUESTIONS);
	const char *why = NULL;

	if (!conf ||
		!memmem(conf->data, conf->size, "/" QUESTIONS, strlen("/" QUESTIONS)))
		why = "no installer that keeps answers in /" QUESTIONS;
	else if (!find(db, DUMMY))
		why = "no template " DUMMY
		      ", which the installer gives unknown questions";
	else if (initrd_get(rd, "preseed.cfg") || (before && before->size))
		why = "holds answers already (/preseed.cfg or /" QUESTIONS ")";
	if (why)
		diag("%s: --preseed: %s", rd->name, why);
	return why ? -EINVAL : 0;
}

static int read_answers(const char *name, char **text, struct answers *a)
{
	const char *why;
	unsigned line;
	size_t len;
	int r;

	r = slurp_file(name, MAX_UNPACKED, text, &len);
	if (r < 0) {
		diag_errno(-r, "%s", name);
		return r;
	}
	r = answers_parse(a, *text, len, &line, &why);
	if (r < 0)
		diag_at(name, line, "%s", why ? why : "out of memory");
	return r;
}

int debconf_preseed(struct initrd *rd, const char *name)
{
	_cleanup_(answers_free) struct answers a = { 0 };
	_cleanup_free_ char *text = NULL;
	struct database db = { 0 };
	int r;

	r = read_answers(name, &text, &a);
	if (r == 0)
		r = know_all(&db, rd);
	if (r == 0)
		r = check(rd, &db);
	for (size_t i = 0; r == 0 && i < a.count; i++)
		if (!a.list[i].fetch)
			r = apply(&db, &a.list[i]);
	if (r == 0)
		r = put_databases(rd, &db);
	if (r == 0)
		r = put_lines(rd, &a);
	tdestroy(db.root, question_free);
	return r;
}
