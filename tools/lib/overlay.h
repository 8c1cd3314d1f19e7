// SPDX-License-Identifier: MIT
/*
 * overlay.h - an image file with changes that are only in memory as yet.
 *
 * All that a tool would do to an image is written here first and read back
 * from here; the file itself stays as it is until someone walks the changed
 * pages and stores them. A tool that finds out halfway that something does not
 * fit just drops the overlay.
 */
#ifndef SEEDBED_OVERLAY_H
#define SEEDBED_OVERLAY_H

#include <stddef.h>
#include <stdint.h>

enum { OVERLAY_PAGE = 4096, OVERLAY_RUN = 256 };

struct overlay {
	int fd;	       /* the image, not owned */
	uint64_t size; /* nothing is read or written past it */
	void *pages;   /* a tree of struct overlay_page */
};

struct overlay_page {
	uint64_t at; /* offset in the image, a multiple of OVERLAY_PAGE */
	unsigned char data[OVERLAY_PAGE];
};

void overlay_init(struct overlay *ov, int fd, uint64_t size);

/* Both 0 or a negative errno; -ENXIO past the end of the image. */
int overlay_read(struct overlay *ov, uint64_t at, void *buf, size_t len);
int overlay_write(struct overlay *ov, uint64_t at, const void *buf, size_t len);

/*
 * The pages that differ from the file, in ascending order: an array, the
 * caller's to free, of pointers that stay the overlay's. 0 or a negative errno.
 */
int overlay_changes(struct overlay *ov, struct overlay_page ***list, size_t *n);

/* All pages that were written to, whatever the file has there by now; likewise. */
int overlay_written(struct overlay *ov, struct overlay_page ***list, size_t *n);

/* How much of the page at at is within the image. */
size_t overlay_page_len(const struct overlay *ov, uint64_t at);

/*
 * What the file has for the first of n pages and those that follow it without a gap,
 * at most OVERLAY_RUN of them: *run says how many. 0 or a negative errno.
 */
int overlay_run(const struct overlay *ov, struct overlay_page *const *pages, size_t n,
	unsigned char *buf, size_t *run);

void overlay_free(struct overlay *ov);

#endif
