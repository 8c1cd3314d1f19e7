// SPDX-License-Identifier: MIT
/* report.h - what was found, as lines, as names, as JSON. */
#ifndef APPLIANCE_OUTDATED_REPORT_H
#define APPLIANCE_OUTDATED_REPORT_H

#include "judge.h"

#include <stdio.h>

/* "NAME PACKAGE INSTALLED CANDIDATE ORIGIN" */
void report_lines(const struct findings *f, FILE *to);

/* The appliances that there is a finding of, or one of security, each once. */
void report_names(const struct findings *f, bool security, FILE *to);

void report_json(const struct findings *f, const struct plan *p, FILE *to);

#endif
