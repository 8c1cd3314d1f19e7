// SPDX-License-Identifier: MIT
/* timeline.h - where a build's time went, as a drawing. */
#ifndef APPLIANCE_REPORT_TIMELINE_H
#define APPLIANCE_REPORT_TIMELINE_H

#include "manifest.h"

/* A step with its beginning and end, in seconds from the build's first. */
struct span {
	struct slice name;
	double from, to;
	size_t merged; /* how many steps it stands for */
	bool boot;     /* of the boot test, which comes after the installation */
};

struct timeline {
	struct span *spans;
	size_t n;
	double install, all; /* seconds until the end of each */
};

/*
 * The installer's steps tell when each began, the boot test's ("boot: ") when each
 * was over. 0 or -ENOMEM.
 */
int timeline_make(struct timeline *t, const struct steps *s);
void timeline_end(struct timeline *t);

/*
 * Neighbours of less than a hundredth of it all become one; what is less than half of
 * that even so goes.
 */
void timeline_merge(struct timeline *t);

/* Says what span it is: the step's name, or of how many. */
void timeline_name(const struct span *p, size_t max, FILE *f);

/* An svg element; alone, it is a document of its own and brings its style. */
void timeline_svg(const struct timeline *t, bool alone, FILE *f);

extern const char timeline_style[];

#endif
