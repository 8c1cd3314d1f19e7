// SPDX-License-Identifier: MIT
/* line.h - a line of the installer's syslog, taken apart. */
#ifndef DI_EVENTS_LINE_H
#define DI_EVENTS_LINE_H

#include <stdbool.h>

struct line {
	long stamp;    /* seconds since the year's beginning, -1: none */
	char prog[64]; /* without the process number */
	const char *text;
};

/* False for what is no such line. text points into s. */
bool line_parse(const char *s, struct line *l);

/* What forks begin with. Until then they stood still, and their clock with them. */
bool line_is_fork(const struct line *l);

/*
 * Stamps to seconds since the first of them. The installer sets the clock, the year
 * changes, and programs in the target stamp their lines by the time zone there: no
 * second goes back, and no leap counts.
 */
struct clock {
	bool runs;  /* it has a last */
	long last;  /* of the zone of the first */
	long shift; /* of another zone against that; 0: none was met */
	double t;
};

double clock_at(struct clock *c, long stamp);

#endif
