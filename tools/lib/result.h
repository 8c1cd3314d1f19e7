// SPDX-License-Identifier: MIT
/*
 * result.h - how a tool ended, for a program to read: lines of key=value in a file.
 *
 *	tool=netgate
 *	outcome=limit
 *	rx=...
 *
 * A key is [a-z][a-z-]* and may repeat; a value is one line of printable text, in which
 * other bytes are \xNN (fput_visible). The file is there whole or not at all, and its
 * user's alone.
 */
#ifndef SEEDBED_RESULT_H
#define SEEDBED_RESULT_H

#include <stdio.h>

struct result {
	FILE *f;
	char *text;
	size_t len;
};

/*
 * At the start of a tool: that path can be written to at its end; one from before is
 * removed, so that nobody takes it for this one's. 0 or a negative errno. NULL: none is
 * wanted, and result_write() writes none.
 */
int result_prepare(const char *path);

/* The first two lines. 0 or -ENOMEM, after which the others do nothing. */
int result_begin(struct result *r, const char *tool, const char *outcome);

void result_put(struct result *r, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Writes what was put, and frees it. 0 or a negative errno. */
int result_write(struct result *r, const char *path);

#endif
