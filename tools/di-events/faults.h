// SPDX-License-Identifier: MIT
/*
 * faults.h - what dpkg, apt and debootstrap could not do, by what they say in the log.
 *
 * The log has what programs print as it came through a pipe: apt's sentences may be
 * broken anywhere, or run together, and are put together again here.
 */
#ifndef DI_EVENTS_FAULTS_H
#define DI_EVENTS_FAULTS_H

#include "event.h"
#include "line.h"

typedef void (*fault_fn)(void *opaque, const struct fault *f);

struct faults {
	fault_fn tell;
	void *opaque;
	char *package; /* dpkg's words about it come next */
	char *said;    /* by apt, since the last source that was looked at */
	size_t said_len;
	char *last; /* the last one told, to tell it once */
};

/* One line by a program that speaks of packages. */
void faults_line(struct faults *fs, const struct line *l);

/* One of debconf's dialogs, as far as it is about such a fault. */
void faults_question(struct faults *fs, const struct question *q);
void faults_free(struct faults *fs);

#endif
