// SPDX-License-Identifier: MIT
/* json.h - the one thing about JSON that is easy to get wrong: strings. */
#ifndef SEEDBED_JSON_H
#define SEEDBED_JSON_H

#include <stdio.h>

/*
 * Writes s as a JSON string with its quotes. JSON is UTF-8: a byte that is
 * none (file names and labels may hold any) comes out as U+FFFD, and one that a
 * terminal would act on as \uNNNN. NULL: null.
 */
void json_string(const char *s, FILE *f);

#endif
