/*
 * packed.h - libvirt's save file, compressed: zstd frames of at most PACKED_PIECE
 * bytes each with a checksum, the part before QEMU's stream in one of its own. What
 * comes out of one has been verified, so nothing false reaches a guest. zstd(1)
 * reads such a file, too.
 */
#ifndef VMFORK_PACKED_H
#define VMFORK_PACKED_H

#include <stddef.h>
#include <stdint.h>

enum { PACKED_PIECE = 1 << 20 };

/*
 * Compresses from, whose first `head` bytes are the part before the stream, into to.
 * *bytes is how many there were. 0 or a negative errno.
 */
int packed_write(int from, size_t head, int to, uint64_t *bytes);

struct packed {
	uint8_t *map;
	size_t size;
	size_t first; /* how long the first frame is */
	uint64_t bytes;
	void *head; /* what is in it */
	size_t head_len;
};

/* Opens one; looks at all frames' headers. -EBADMSG: damaged; or a negative errno. */
int packed_open(struct packed *p, const char *path);

/* Writes all but the head to fd. 0 or a negative errno. */
int packed_stream(const struct packed *p, int fd);

void packed_close(struct packed *p);

#endif
