// SPDX-License-Identifier: MIT
/* Templates, scripts and package lists into an index, and out of it again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

// uses: tools/preseed-index/gather.c
// uses: tools/preseed-index/templates.c
// uses: tools/preseed-index/scripts.c
// uses: tools/preseed-index/lists.c
// uses: tools/preseed-index/packages.c
// uses: tools/preseed-index/write.c

#include "../../tools/preseed-index/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct pool pool;

static int teardown(void **state)
{
	(void)state;
	pool_free(&pool);
	return 0;
}

static void choices(const char *text, const char *want, bool dynamic)
{
	bool got;

	assert_string_equal(choices_split(&pool, text, strlen(text), &got), want);
	assert_int_equal(got, dynamic);
}

static void splits(void **state)
{
	(void)state;
	choices("a, b c,d", "a\nb c\nd\n", false);
	choices("a\\, b, c\\\\d", "a, b\nc\\d\n", false);
	choices("${X}, a", "a\n", true);
	choices("", "", false);
	choices(" a ,, b \n c", "a\nb   c\n", false);
	choices("a\\", "a\\\n", false);
}

static const struct source udeb = { "one-udeb", true }, deb = { "two", false };

static void take(struct gather *g, const struct source *s, const char *text)
{
	unsigned line;

	assert_int_equal(templates_read(g, s, text, strlen(text), &line), 0);
}

static void script(struct gather *g, const char *text)
{
	script_read(g, &udeb, text, strlen(text));
}

static void fills(struct gather *g)
{
	unsigned line;
	const char *list = "Package: p\nDepends: a, debconf (>= 1) | debconf-2.0\n\n"
			   "Package: q\nDepends: debconf-utils-x\nProvides: v (= 1), w\n";

	take(g, &udeb,
		"Template: a/b\nType: select\nChoices-C: x, y\nChoices: Ex, y\n"
		"Choices-de.UTF-8: Ix, Yps\nDefault: y\n\n\n# note\nTemplate: a/t\nType: text\n"
		"\nTemplate: a/c\nType: boolean\nDescription: c\n  long\n");
	take(g, &deb, "Template: a/b\nType: string\n\nTemplate: d/e\nType: strange\n");
	script(g, "db_input medium a/b; db_input high \"a/b\"\nT=a/c\nxdb_input critical a/c\n"
		  "db_input low $T || true\ndb_get a/only\ndb_get a/local$i/key\ndb_get a/$x\n"
		  "db_register a/b z/new\ndb_get a/t\ndb_input $p a/b\ndb_get $unset");
	assert_int_equal(packages_read(g, list, strlen(list), &line), 0);
	gather_name(&g->unseen, "gone-udeb");
	gather_name(&g->unseen, "here-udeb");
	gather_name(&g->seen, "here-udeb");
	gather_settle(g);
}

static void round_trip(void **state)
{
	struct gather g = { .pool = &pool };
	const struct release r = { "suite", "1", "other", "amd64" };
	const struct qindex_question *q;
	char path[] = "/tmp/seedbed-unit.XXXXXX";
	struct qindex x;
	bool debconf;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	fills(&g);
	assert_int_equal(index_write(&g, &r, path), 0);
	gather_free(&g);
	assert_int_equal(qindex_open(&x, path), 0);
	unlink(path);

	assert_string_equal(qindex_text(&x, x.h->alias), "other");
	q = qindex_find(&x, "a/b");
	assert_non_null(q);
	assert_int_equal(q->type, QT_SELECT);
	assert_int_equal(q->priority, QP_HIGH);
	assert_int_equal(q->flags, QF_DYNAMIC); /* the other package's differs */
	assert_string_equal(qindex_text(&x, q->udeb), "one-udeb");
	assert_string_equal(qindex_text(&x, q->deb), "two");
	assert_string_equal(qindex_text(&x, q->choices), "x\ny\n");
	assert_string_equal(qindex_text(&x, q->shown), "x\tEx\nx\tIx\ny\tYps\n");
	assert_int_equal(qindex_find(&x, "a/c")->priority, QP_LOW);
	assert_int_equal(qindex_find(&x, "a/only")->type, QT_ANY);
	assert_int_equal(qindex_find(&x, "a/t")->flags, QF_READ);
	assert_int_equal(qindex_find(&x, "z/new")->type, QT_SELECT);
	assert_int_equal(qindex_find(&x, "d/e")->type, QT_OTHER);
	assert_null(qindex_find(&x, "a/x"));
	assert_true(qindex_matches(&x, "a/local7/key"));
	assert_false(qindex_matches(&x, "a/local7/x/key"));
	assert_int_equal(x.patterns, 1);
	assert_true(qindex_package(&x, "p", &debconf) && debconf);
	assert_true(qindex_package(&x, "q", &debconf) && !debconf);
	assert_true(qindex_package(&x, "v", NULL));
	assert_false(qindex_package(&x, "a", NULL));
	assert_true(qindex_unseen(&x, "gone-udeb"));
	assert_false(qindex_unseen(&x, "here-udeb"));
	qindex_close(&x);
}

static void refuses(void **state)
{
	struct gather g = { .pool = &pool };
	const char *text = "Template: a/b\n\nno field\n";
	unsigned line;

	(void)state;
	assert_int_equal(templates_read(&g, &udeb, text, strlen(text), &line), -EBADMSG);
	assert_int_equal(line, 3);
	gather_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests_name("preseed-index", tests, NULL, teardown);
}
