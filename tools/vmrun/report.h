// SPDX-License-Identifier: MIT
/* report.h - what vmrun says of a run: records as it goes, a result when it has ended.
 */
#ifndef VMRUN_REPORT_H
#define VMRUN_REPORT_H

#include "guest.h"

/* A word of the guest, as a line of the records. 0, or a negative errno of the sink. */
int report_word(const struct guest *g, const struct word *w);

/* The file for programs. 0, or a negative errno after a message. */
int report_result(const struct guest *g);

/* The last line, for people: what happened, when, where, what to do next. */
void report_end(const struct guest *g);

#endif
