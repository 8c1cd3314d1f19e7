// SPDX-License-Identifier: MIT
/*
 * words.h - what a guest says about itself, a line each:
 *
 *	NONCE step TEXT
 *	NONCE data KEY VALUE
 *	NONCE done
 *	NONCE failed CODE OBJECT TEXT
 *	NONCE asks QUESTION
 *
 * Who does not know the nonce is not heard, only counted. A failure that is told in
 * another form is one all the same: of code "unspecified", with all of it as TEXT.
 */
#ifndef VMRUN_WORDS_H
#define VMRUN_WORDS_H

#include <stddef.h>

enum word_kind { WORD_STEP, WORD_DATA, WORD_DONE, WORD_FAILED, WORD_ASKS };

struct word {
	enum word_kind kind;
	const char *key;    /* of data; the code of failed; else NULL */
	const char *object; /* of failed, "-": none; else NULL */
	const char *text;   /* "" where there is none */
};

typedef void (*word_fn)(void *opaque, const struct word *w);

struct words {
	const char *nonce;
	word_fn say;
	void *opaque;
	char *line; /* the unfinished one */
	size_t len, room;
	int overlong;
	unsigned long ignored;
};

/* A nonce that can stand in a line, and that nobody types by chance. */
int words_nonce_ok(const char *nonce);

/* Takes n bytes as they came. 0, or -ENOMEM. */
int words_feed(struct words *w, const char *data, size_t n);
void words_free(struct words *w);

#endif
