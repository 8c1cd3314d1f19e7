// SPDX-License-Identifier: MIT
/*
 * diag.h - messages to the person at the terminal.
 *
 * One line each, on stderr, as "tool: " and the formatted text, whose form is
 * "object: action: reason" in lower case without a full stop. Bytes that a
 * terminal would act on (C0, DEL, C1, broken UTF-8) come out as \xNN: file
 * names and guest output are other people's text.
 */
#ifndef SEEDBED_DIAG_H
#define SEEDBED_DIAG_H

#include <stdio.h>

/* Exit statuses that every tool shares; a tool with more documents them. */
enum { EX_DONE = 0, EX_FAILED = 1, EX_BADUSAGE = 2 };

void diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Like diag() but with ": " and the text of errno value err at the end. */
void diag_errno(int err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * "FILE:LINE: message", without the tool's name, as compilers print it, so
 * that editors find the place.
 */
void diag_at(const char *file, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Writes s to f with the bytes that a terminal would act on made visible. */
void fput_visible(const char *s, FILE *f);

/*
 * Flushes stdout and says so if anything that was written to it was lost (a
 * full disk, a closed pipe). 0, or a negative errno. The last thing in main().
 */
int flush_stdout(void);

#endif
