// SPDX-License-Identifier: MIT
/*
 * record.h - a file's record, a line of fields with tabs between:
 *
 *	path, type, mode, uid, gid, links, device or target, attributes, SHA-256
 *
 * A field that the file has nothing for is "-". Bytes that a terminal would act
 * on, tabs and line ends among them, come out as \xNN.
 */
#ifndef TESTS_RECORD_H
#define TESTS_RECORD_H

#include <openssl/evp.h>
#include <stdint.h>

struct record {
	const char *path; /* absolute */
	uint32_t mode;	  /* type and permissions */
	uint32_t uid, gid;
	uint32_t links;		/* 0: not told */
	uint32_t major, minor;	/* of a device */
	const char *target;	/* of a symlink */
	const char *attributes; /* NULL: none */
	EVP_MD_CTX *sum;	/* of a regular file, over all its bytes; NULL: none */
};

/* Prints it. 0 or a negative errno. */
int record_print(const struct record *r);

/* Begins a sum anew. 0 or a negative errno. */
int record_sum(EVP_MD_CTX *sum);

#endif
