// SPDX-License-Identifier: MIT
/*
 * subiquity.h - from the events of Ubuntu's installer to what happens in it.
 *
 * Fed with what its webhook reporter sends, an object a line.
 */
#ifndef DI_EVENTS_SUBIQUITY_H
#define DI_EVENTS_SUBIQUITY_H

#include "event.h"

#include <stdbool.h>

enum { SUBIQUITY_KEPT = 12 };

struct subiquity {
	event_fn tell;
	void *opaque;
	const char *nonce; /* each line of the installer's begins with it; NULL: none does */
	double t, first;   /* first: 0 before the first event */
	char *step;
	char *doing;   /* what to say if what curtin was last told to do fails */
	char *where;   /* the innermost that failed last; NULL: it went on since */
	char *cause;   /* what was said of it */
	bool failed, done;
	bool waits;	 /* at "Press enter to start a shell" */
	char *log[SUBIQUITY_KEPT]; /* a ring */
	size_t log_next;
};

/* One line, without its newline: an event, or what the console says. */
void subiquity_line(struct subiquity *in, const char *s);
void subiquity_free(struct subiquity *in);

#endif
