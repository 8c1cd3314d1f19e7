// SPDX-License-Identifier: MIT
/*
 * question.h - debconf's side of an installation: what is being asked.
 *
 * Fed with commands and replies as debconf logs them ("--> INPUT critical x/y",
 * "<-- 0 question will be asked"), and with the templates that seedbed's watcher adds.
 */
#ifndef DI_EVENTS_QUESTION_H
#define DI_EVENTS_QUESTION_H

#include "event.h"

#include <stdbool.h>

struct known; /* one question or template */
struct qindex;

struct debconf {
	const struct qindex *index; /* the release's templates; may be NULL */
	struct known *known;	    /* a list */
	size_t known_count;
	struct known *reading; /* whose template is coming */
	char **asked;	       /* visible since the last GO */
	size_t asked_count, asked_room;
	char *input;   /* the last INPUT, not yet replied to */
	bool pending;  /* GO without a reply, with something to show */
	double since;  /* when it came */
	bool progress; /* a bar is shown */
	long min, max, at;
	char *info; /* what it says it is about */
};

enum debconf_news {
	NEWS_NONE,
	NEWS_PROGRESS, /* min, max, at, info */
	NEWS_ANSWERED, /* tell of what was asked, forget it, feed the same again */
	NEWS_WAITING,  /* seedbed's watcher has seen that nobody answers */
};

enum debconf_news debconf_feed(struct debconf *d, const char *text, double t);

void debconf_forget(struct debconf *d);

/* The question of this name with its variables put in; the caller frees it. */
void debconf_question(const struct debconf *d, const char *name, struct question *q);
void question_free(struct question *q);

/* "answer d-i netcfg/hostname string VALUE"; false: it is not one to answer. */
bool question_answer(const struct question *q, char **line);
bool question_is_error(const struct question *q);

/* How far the bar is, or -1. */
int debconf_percent(const struct debconf *d);
void debconf_free(struct debconf *d);

#endif
