// SPDX-License-Identifier: MIT
/* show.h - events as records for programs, and as what a person sees. */
#ifndef DI_EVENTS_SHOW_H
#define DI_EVENTS_SHOW_H

#include "event.h"
#include "pace.h"

#include <stdbool.h>
#include <stdio.h>

/* Seconds, kind and the rest, parted by tabs; what a terminal acts on as \xNN. */
void show_text(FILE *f, const struct event *e);
void show_json(FILE *f, const struct event *e);

/*
 * A question or an error, in full, with what to write into the recipe; an error without
 * the log where that was shown before.
 */
void show_plainly(FILE *f, const struct event *e, bool again);

struct bar {
	FILE *f;
	const char *name; /* of the installation; may be NULL */
	bool redraws;	  /* a terminal of one's own; else whole lines */
	char *step, *about;
	bool drawn, gave_up;
	double told_at;
};

void bar_event(struct bar *b, struct pace *p, const struct event *e);
void bar_draw(struct bar *b, struct pace *p);
void bar_end(struct bar *b);

#endif
