// SPDX-License-Identifier: MIT
/* text.h - other people's bytes as text of an HTML or SVG document. */
#ifndef APPLIANCE_REPORT_TEXT_H
#define APPLIANCE_REPORT_TEXT_H

#include "slice.h"

#include <stdio.h>

/* The line without what only acts on a terminal, in buf, which has room for it. */
struct slice slice_shown(struct slice line, char *buf);

/*
 * Writes it so that it is text and nothing else, in an element as in a quoted
 * attribute: markup is escaped; control characters and what is no character are \xNN,
 * what cannot be seen or would turn the text around is \u{NNNN}; a tab is a space.
 * After max characters it ends with an ellipsis.
 */
void put_text(struct slice s, size_t max, FILE *f);

/* "1.1 GiB", and "2 min 36 s". */
void put_bytes(double bytes, FILE *f);
void put_seconds(double seconds, FILE *f);

#endif
