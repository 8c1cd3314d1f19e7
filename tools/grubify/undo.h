// SPDX-License-Identifier: MIT
/*
 * undo.h - changes that are all there or can all be taken back.
 *
 * undo_commit() first writes what the image holds now to IMAGE.grubify-undo,
 * then the changes, the boot sector last. A record that is there when a run
 * begins is of one that did not end: undo_restore() puts the image back.
 */
#ifndef GRUBIFY_UNDO_H
#define GRUBIFY_UNDO_H

#include "overlay.h"

#include <stdbool.h>
#include <stddef.h>

struct undo_page {
	uint64_t at;
	uint32_t len;
	const unsigned char *old; /* NULL: zeros */
	uint32_t sums[8];	  /* of what the change makes of each sector */
};

struct undo_record {
	uint64_t image_size;
	struct undo_page *pages;
	size_t n;
	char *text; /* what the pages point into */
};

/* 0 or a negative errno: -EBADMSG for what is no whole record. Takes no text. */
int undo_parse(struct undo_record *rec, const char *text, size_t len);
void undo_free(struct undo_record *rec);

enum undo_stage {
	UNDO_RECORD, /* nothing of the image is changed yet */
	UNDO_WRITE,  /* put back, after a write that failed */
	UNDO_STUCK   /* not even that: the record remains */
};

/*
 * Makes ov's changes in the file. 0 or a negative errno, and then *stage says how
 * far it came and so what the image is. *written is the bytes.
 */
int undo_commit(struct overlay *ov, const char *path, uint64_t *written,
	enum undo_stage *stage);

/*
 * Puts back what a record says. 1: done, 0: there was none; or a negative
 * errno: -ESTALE where the image is not the one that the record is of.
 */
int undo_restore(int fd, uint64_t size, const char *path);

/* Whether there is a record. */
bool undo_waits(const char *path);

/* The change is good: the record goes. 0 or a negative errno. */
int undo_forget(const char *path);

#endif
