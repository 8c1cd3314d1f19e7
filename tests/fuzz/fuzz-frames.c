// SPDX-License-Identifier: MIT
/* A stream of frames from a guest that means ill. */
// uses: tools/netgate/frames.c
#include "../../tools/netgate/frames.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct frames_in in;
	volatile uint8_t sum = 0;
	const uint8_t *frame;
	size_t room, part = size ? (size_t)*data * 16 + 1 : 1;

	in.start = in.len = 0;
	while (size) {
		uint8_t *p = frames_room(&in, &room);
		size_t n = size < part ? size : part;
		int len;

		if (room == 0)
			abort();
		if (n > room)
			n = room;
		memcpy(p, data, n);
		frames_came(&in, n);
		data += n;
		size -= n;
		while ((len = frames_next(&in, &frame)) > 0) {
			if (len > FRAME_MAX || frame + len > in.buf + sizeof(in.buf))
				abort();
			sum = (uint8_t)(sum + frame[0] + frame[len - 1]);
		}
		if (len < 0)
			break;
	}
	return 0;
}
