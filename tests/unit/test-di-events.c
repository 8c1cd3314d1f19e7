// SPDX-License-Identifier: MIT
/* Lines and their times, what debconf asks, how far it is. */
// uses: tools/di-events/line.c tools/di-events/question.c tools/di-events/pace.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/di-events/line.h"
#include "../../tools/di-events/pace.h"
#include "../../tools/di-events/question.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void lines(void **state)
{
	struct line l;

	(void)state;
	assert_true(line_parse("Jan  1 00:00:01 main-menu[351]: INFO: x: y", &l));
	assert_int_equal(l.stamp, 1);
	assert_string_equal(l.prog, "main-menu");
	assert_string_equal(l.text, "INFO: x: y");
	assert_true(line_parse("Dec 31 23:59:59 in-target: ", &l));
	assert_int_equal(
		l.stamp, 366L * 86400 - 1); /* as if each year had its leap day */
	assert_string_equal(l.text, "");
	assert_true(line_parse("Mar  1 00:00:00 in-target:", &l));
	assert_string_equal(l.text, "");

	assert_false(line_parse("", &l));
	assert_false(line_parse("Jan  1 00:00:01 ", &l));
	assert_false(line_parse("Jan  1 00:00:01 :", &l));
	assert_false(line_parse("Jan 32 00:00:01 x: y", &l));
	assert_false(line_parse("anF  1 00:00:01 x: y", &l));
	assert_false(line_parse("Jan  1 00:00:01 syslogd started: y", &l));
	assert_false(line_parse("Jan  1 0-:00:01 x: y", &l));
}

static void times(void **state)
{
	struct clock c = { 0 };
	const long day = 86400;

	(void)state;
	assert_true(clock_at(&c, 100) == 0);
	assert_true(clock_at(&c, 105) == 5);
	assert_true(clock_at(&c, 104) == 5); /* the other file's, a little late */
	assert_true(clock_at(&c, 107) == 7);
	assert_true(clock_at(&c, 90 * day) == 7); /* the clock was set */
	assert_true(clock_at(&c, 90 * day + 3) == 10);
	assert_true(clock_at(&c, 7200) == 10); /* and back */
	assert_true(clock_at(&c, 7201) == 11);
	c = (struct clock){ 0 };
	clock_at(&c, 50000);
	assert_true(
		clock_at(&c, 50000 + 3600 + 4) == 4); /* Berlin's time from here on */
	assert_true(clock_at(&c, 50000 + 3600 + 9) == 9);
	assert_true(clock_at(&c, 50000 + 3600 + 1509) == 1509); /* a silence is none */
	assert_true(
		clock_at(&c, 50000 + 3600 + 1509 + 20700) == 1509); /* Kathmandu's */
	assert_true(clock_at(&c, 50000 + 3600 + 1510 + 20700) == 1510);
	c = (struct clock){ 0 };
	clock_at(&c, 366 * day - 1);
	assert_true(clock_at(&c, 1) == 2); /* a new year */
}

static enum debconf_news feed(struct debconf *d, const char *s)
{
	return debconf_feed(d, s, 0);
}

static void questions(void **state)
{
	struct debconf d = { 0 };
	struct question q;
	char *answer = NULL;

	(void)state;
	feed(&d, "template: Name: t/one");
	feed(&d, "template: Type: select");
	feed(&d, "template: Choices: ${CHOICES}");
	feed(&d, "template: Extended_description: a\\n\\n${b}");
	feed(&d, "--> REGISTER t/one q/one");
	feed(&d, "--> SUBST q/one CHOICES x\\, y, z");
	feed(&d, "--> SUBST q/one b $");
	assert_int_equal(feed(&d, "--> INPUT critical q/one"), NEWS_NONE);
	assert_int_equal(feed(&d, "--> GO"), NEWS_NONE);
	assert_false(d.pending); /* it was skipped, for all that is known */
	feed(&d, "--> INPUT critical q/one");
	feed(&d, "<-- 0 question will be asked");
	assert_int_equal(feed(&d, "waiting"), NEWS_NONE); /* nothing is shown yet */
	feed(&d, "--> GO ");
	assert_true(d.pending);
	assert_int_equal(feed(&d, "waiting"), NEWS_WAITING);

	debconf_question(&d, "q/one", &q);
	assert_string_equal(q.choices, "x\\, y, z");
	assert_string_equal(q.text, "a\n\n$");
	assert_true(question_answer(&q, &answer));
	assert_string_equal(answer, "answer d-i q/one select x\\, y");
	free(answer);
	question_free(&q);

	assert_int_equal(feed(&d, "<-- 0 ok"), NEWS_ANSWERED);
	debconf_forget(&d);
	assert_int_equal(feed(&d, "<-- 0 ok"), NEWS_NONE);
	debconf_free(&d);
}

static void owners(void **state)
{
	struct debconf d = { 0 };
	struct question q;
	char *answer = NULL;

	(void)state;
	feed(&d, "--> DATA postfix/mailname type string");
	debconf_question(&d, "postfix/mailname", &q);
	assert_true(question_answer(&q, &answer));
	assert_string_equal(answer, "answer postfix postfix/mailname string VALUE");
	free(answer);
	question_free(&q);
	feed(&d, "--> DATA a/b type error");
	debconf_question(&d, "a/b", &q);
	assert_true(question_is_error(&q));
	assert_false(question_answer(&q, &answer));
	question_free(&q);
	debconf_question(&d, "never/heard", &q);
	assert_string_equal(q.title, "");
	question_free(&q);
	debconf_free(&d);
}

static void bars(void **state)
{
	struct debconf d = { 0 };

	(void)state;
	assert_int_equal(debconf_percent(&d), -1);
	assert_int_equal(feed(&d, "--> PROGRESS START 0 0 x"), NEWS_PROGRESS);
	assert_int_equal(debconf_percent(&d), -1);
	feed(&d, "--> PROGRESS START -10 10 x");
	assert_int_equal(debconf_percent(&d), 0);
	feed(&d, "--> PROGRESS STEP 15");
	assert_int_equal(debconf_percent(&d), 75);
	feed(&d, "--> PROGRESS SET -99999999999999999999");
	assert_int_equal(debconf_percent(&d), 0);
	feed(&d, "--> PROGRESS STEP 9223372036854775807");
	feed(&d, "--> PROGRESS STEP 9223372036854775807");
	feed(&d, "--> PROGRESS STEP 9223372036854775807");
	assert_int_equal(debconf_percent(&d), 100);
	debconf_free(&d);
}

static void event(
	struct pace *p, enum event_kind kind, const char *id, int t, int percent)
{
	const struct event e = {
		.kind = kind, .id = id, .text = "", .t = t, .percent = percent
	};

	pace_event(p, &e);
}

static void paces(void **state)
{
	struct pace p;

	(void)state;
	pace_init(&p);
	assert_true(pace_left(&p) < 0);
	assert_int_equal(pace_parse(&p, "20\ta\n60\tb\n20\tc\n"), 0);
	event(&p, EV_STEP, "a", 0, 0);
	assert_int_equal(pace_percent(&p), 0);
	event(&p, EV_STEP, "new", 20, 0);
	event(&p, EV_STEP, "b", 20, 0);
	assert_int_equal(pace_percent(&p), 20);
	assert_true(pace_left(&p) == 80);
	event(&p, EV_PROGRESS, "b", 50, 50);
	assert_int_equal(pace_percent(&p), 50);
	event(&p, EV_PROGRESS, "b", 50, 10);
	assert_int_equal(pace_percent(&p), 50); /* never back */
	event(&p, EV_STEP, "c", 160, 0);	/* twice as slow as it was */
	assert_int_equal(pace_percent(&p), 80);
	assert_true(pace_left(&p) == 40);
	pace_time(&p, 10000);
	assert_int_equal(pace_percent(&p), 99);
	event(&p, EV_DONE, "", 200, 0);
	assert_int_equal(pace_percent(&p), 100);
	pace_free(&p);

	/* one that begins in the middle, by the times of one that did not */
	pace_init(&p);
	assert_int_equal(pace_parse(&p, "5\tstart\n75\ta\n30\tb\n10\tc\n"), 0);
	event(&p, EV_STEP, "new", 0, 0);
	event(&p, EV_STEP, "b", 0, 0);
	assert_int_equal(pace_percent(&p), 0);
	assert_true(pace_left(&p) == 40);
	event(&p, EV_STEP, "c", 30, 0);
	assert_int_equal(pace_percent(&p), 75);
	pace_free(&p);

	pace_init(&p);
	assert_int_equal(pace_parse(&p, "x\ty\n"), -EBADMSG);
	assert_int_equal(pace_parse(&p, "1 y\n"), -EBADMSG);
	assert_int_equal(pace_parse(&p, "nan\ty\n"), -EBADMSG);
	assert_int_equal(pace_parse(&p, "1e300\ty\n"), -EBADMSG);
	assert_int_equal(pace_parse(&p, "-1\ty\n"), -EBADMSG);
	pace_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(times),
		cmocka_unit_test(questions),
		cmocka_unit_test(owners),
		cmocka_unit_test(bars),
		cmocka_unit_test(paces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
