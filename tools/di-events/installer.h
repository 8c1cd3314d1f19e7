// SPDX-License-Identifier: MIT
/* installer.h - from the lines of an installation to what happens in it. */
#ifndef DI_EVENTS_INSTALLER_H
#define DI_EVENTS_INSTALLER_H

#include "event.h"
#include "faults.h"
#include "line.h"
#include "question.h"

enum { LOG_KEPT = 12, CAUSE_KEPT = 8, LINE_MAX_SHOWN = 300 };
enum { LINES_KEPT = CAUSE_KEPT + 1 + LOG_KEPT };

struct installer {
	event_fn tell;
	void *opaque;
	struct clock clock;
	double t;
	struct debconf debconf;
	struct faults faults;
	char *step;   /* the menu's name for it */
	char *failed; /* where it gave up */
	int percent;  /* the last one told */
	char *info;
	bool done, waiting;
	char *log[LOG_KEPT]; /* a ring */
	size_t log_next;
	/* the step's first line that names a cause, with those around it */
	char *cause[CAUSE_KEPT];
	size_t causes,
		cause_next; /* cause_next: of the ring's lines, the first after */
};

/* One line, without its newline, of the log or of debconf's traffic. */
void installer_line(struct installer *in, const char *s);

/* Nothing more comes: what is asked now, is asked. */
void installer_end(struct installer *in);
void installer_free(struct installer *in);

/* What people call a step of the menu. */
const char *step_title(const char *id);

#endif
