// SPDX-License-Identifier: MIT
/* report.h - the state of the directory, for a person and for programs. */
#ifndef LVMTIDY_REPORT_H
#define LVMTIDY_REPORT_H

#include "scan.h"
#include "settings.h"

#include <stdio.h>

enum verdict { VERDICT_GOOD, VERDICT_WARNING, VERDICT_CRITICAL };

struct report {
	const char *dir;
	const struct settings *settings;
	const struct scan *scan;
	enum verdict verdict;
	uint64_t warn, crit;
	time_t now;
};

void report_text(const struct report *r, FILE *f);
void report_json(const struct report *r, FILE *f);
void report_prometheus(const struct report *r, FILE *f);

#endif
