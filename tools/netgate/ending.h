// SPDX-License-Identifier: MIT
/* ending.h - what went through a gate and how it ended: for its records and its result.
 */
#ifndef NETGATE_ENDING_H
#define NETGATE_ENDING_H

#include <stdint.h>
#include <stdio.h>

struct counts {
	uint64_t to_guest, from_guest; /* bytes */
	unsigned long connections, refused, failed, lost;
};

struct ending {
	const char *outcome; /* a word for programs; NULL: it has not ended */
	char *text;	     /* for people; NULL: there is nothing to say */
	int status;	     /* the exit status */
	int command;	     /* COMMAND's; -1: none, or it was not started */
};

void counts_print(const struct counts *c, FILE *f);

/* Decides, once: the first counts. Says text, unless NULL, on stderr and keeps it. */
void ending_set(struct ending *e, const char *outcome, int status, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* To the file for programs; NULL: to none. 0, or a negative errno after a message. */
int ending_write(const struct ending *e, const struct counts *c, const char *path);

#endif
