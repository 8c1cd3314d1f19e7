// SPDX-License-Identifier: MIT
/*
 * record.h - a line that has a key or a fingerprint in it, and what it says.
 */
#ifndef RANDOMART_RECORD_H
#define RANDOMART_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_MAX = 64, FINGERPRINT_MAX = 192 };

struct record {
	char type[24];	  /* "" where only a fingerprint is known */
	unsigned bits;	  /* 0 likewise */
	bool from_key;	  /* made from a key, not read as a fingerprint */
	char *comment;	  /* points into the line; NULL for none */
	const char *hash; /* "SHA256" */
	uint8_t digest[DIGEST_MAX];
	size_t digest_len;
	const char *file; /* where it was read; line 0 is the command line */
	unsigned long line;
};

enum {
	LINE_RECORD,
	LINE_EMPTY,   /* blank or a comment */
	LINE_UNKNOWN, /* neither a key nor a fingerprint */
	LINE_BROKEN,  /* names a type of key, but what follows is none */
	LINE_PRIVATE, /* the first line of a private key */
	LINE_FOREIGN, /* of a public key in another program's form */
};

/* The hashes of keys; -EINVAL for a name (in any case) that is none. */
int hash_select(const char *name);
const char *hash_selected(void);

/*
 * Reads a line without its newline, which is cut in pieces. A public key, a
 * line of known_hosts, authorized_keys or ssh-keyscan, a line of
 * ssh-keygen -l, a fingerprint alone or in the sentence that ssh asks with.
 * One of LINE_*, or -ENOMEM.
 */
int record_read(struct record *r, char *line);

/* "SHA256:..." without padding, "MD5:xx:xx" as ssh-keygen writes it. */
void record_fingerprint(const struct record *r, char out[FINGERPRINT_MAX]);

void record_end(void); /* gives back what the readers keep between lines */

#endif
