// SPDX-License-Identifier: MIT
/*
 * frames.h - Ethernet frames on a stream: four bytes of length, the most
 * significant first, then the frame, as QEMU's stream and socket backends do.
 */
#ifndef NETGATE_FRAMES_H
#define NETGATE_FRAMES_H

#include <stddef.h>
#include <stdint.h>

/* More than any frame that QEMU sends. */
enum { FRAME_MAX = 65536 + 4096, FRAME_HEAD = 4 };

/* What came in and is not yet a whole frame. */
struct frames_in {
	uint8_t buf[2 * (FRAME_MAX + FRAME_HEAD)];
	size_t start, len;
};

/* Where to put the next bytes, and how many fit (never 0 between frames). */
uint8_t *frames_room(struct frames_in *in, size_t *room);
void frames_came(struct frames_in *in, size_t n);

/* The next frame: its length and place; 0: none yet; -EPROTO: not frames. */
int frames_next(struct frames_in *in, const uint8_t **frame);

/* What waits to go out. */
struct frames_out {
	uint8_t *buf;
	size_t start, len, room;
};

/* 0; -ENOBUFS when too much waits already: the frame is lost, as on a wire. */
int frames_put(struct frames_out *out, const void *frame, size_t n);

/* Writes what the descriptor takes. 0 (some may be left) or a negative errno. */
int frames_flush(struct frames_out *out, int fd);
void frames_out_free(struct frames_out *out);

#endif
