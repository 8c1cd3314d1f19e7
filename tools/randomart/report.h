// SPDX-License-Identifier: MIT
/* report.h - records for programs (JSON) and for documents (SVG). */
#ifndef RANDOMART_REPORT_H
#define RANDOMART_REPORT_H

#include "draw.h"

/* An object on a line of its own. */
void json_record(const struct record *r, FILE *f);

/* All in one object, with the cells that differ. */
void json_compared(const struct comparison *c, FILE *f);

/* One picture, of all boards in rows; marked: what differs has a red frame. */
void svg_all(const struct comparison *c, bool marked, FILE *f);

#endif
