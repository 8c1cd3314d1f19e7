// SPDX-License-Identifier: MIT
/*
 * pace.h - how far an installation is, by how long its steps took before.
 *
 * The file has a line a step, "SECONDS<tab>STEP", in the order they came.
 */
#ifndef DI_EVENTS_PACE_H
#define DI_EVENTS_PACE_H

#include "event.h"

#include <stdbool.h>

enum { PACE_STEPS = 64 };

struct pace_step {
	char *id;
	double expected; /* seconds, 0: never seen */
	double took;
	bool met;
};

struct pace {
	struct pace_step step[PACE_STEPS];
	size_t count;
	int order[PACE_STEPS]; /* as they were met */
	size_t met;
	bool known;   /* by earlier installations, not by the table in pace.c */
	bool others;  /* these were of something else: their sum says nothing */
	int now;      /* the current one, -1: none yet */
	double since; /* when it began */
	double share; /* of it done, as its bar says; < 0: it has none */
	double moved; /* when the bar did so last */
	double t;
	int percent; /* never goes back */
};

/* What is expected where nothing was learnt. */
void pace_init(struct pace *p);

/* Text of such a file. 0, or -EBADMSG. */
int pace_parse(struct pace *p, const char *text);
int pace_read(struct pace *p, const char *path);

void pace_event(struct pace *p, const struct event *e);

/* Time goes on without an event. */
void pace_time(struct pace *p, double t);

int pace_percent(struct pace *p);

/*
 * Seconds, or -1: nobody knows, as nothing was learnt of the same installation, or as
 * this one does not go by what was.
 */
double pace_left(const struct pace *p);

/* Half of what was known, half of what was seen. 0 or a negative errno. */
int pace_write(const struct pace *p, const char *path);
void pace_free(struct pace *p);

#endif
