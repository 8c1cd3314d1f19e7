// SPDX-License-Identifier: MIT
/* event.h - what the installer was seen to do: what the readers tell the writers. */
#ifndef DI_EVENTS_EVENT_H
#define DI_EVENTS_EVENT_H

#include <stddef.h>

enum event_kind {
	EV_STEP,     /* id, text: a step begins */
	EV_PROGRESS, /* id, percent of the step, text: what it is about; may be "" */
	EV_PACKAGE,  /* id: the package, text: what is done with it */
	EV_QUESTION, /* question; seconds: how long it waited, < 0: it still does */
	EV_ERROR,    /* id, text: the installer gave up there */
	EV_FAULT,    /* fault: what dpkg, apt or debootstrap could not do in step id */
	EV_DONE,     /* it has nothing more to do */
	EV_KINDS
};

extern const char *const event_names[EV_KINDS];

/* A question or a dialog, as far as it was told; unknown is "". */
struct question {
	char *name, *type, *value; /* value: its default */
	char *title, *text;
	char *choices; /* what a person sees, parted by ", " */
	char *values;  /* what a preseed file says in their place */
	char *owner;
};

/* What could not be done; package and source may be "". */
struct fault {
	const char *kind;    /* package, source, archive, signature, mirror */
	const char *package; /* by its name */
	const char *source;  /* an address */
	const char *text;    /* in the words of who said it */
};

struct event {
	enum event_kind kind;
	double t; /* seconds since the log's first line */
	const char *id, *text;
	int percent;
	double seconds;
	const struct question *question;
	const struct fault *fault;
	const char *const *log; /* EV_QUESTION, EV_ERROR: the lines that led to it */
	size_t log_count;
};

typedef void (*event_fn)(void *opaque, const struct event *e);

#endif
