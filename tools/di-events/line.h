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

/*
 * Stamps to seconds since the first of them. The installer sets the clock and
 * the time zone, and the year changes: no second goes back, and no leap counts.
 */
struct clock {
	bool runs;
	long last;
	double t;
};

double clock_at(struct clock *c, long stamp);

#endif
