// SPDX-License-Identifier: MIT
#include "frames.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* As much as a slow guest may let pile up. */
enum { OUT_MAX = 4 << 20 };

uint8_t *frames_room(struct frames_in *in, size_t *room)
{
	if (in->start) {
		memmove(in->buf, in->buf + in->start, in->len);
		in->start = 0;
	}
	*room = sizeof(in->buf) - in->len;
	return in->buf + in->len;
}

void frames_came(struct frames_in *in, size_t n)
{
	in->len += n;
}

int frames_next(struct frames_in *in, const uint8_t **frame)
{
	const uint8_t *p = in->buf + in->start;
	uint32_t n;

	if (in->len < FRAME_HEAD)
		return 0;
	memcpy(&n, p, sizeof(n));
	n = ntohl(n);
	if (n == 0 || n > FRAME_MAX)
		return -EPROTO;
	if (in->len < FRAME_HEAD + n)
		return 0;
	*frame = p + FRAME_HEAD;
	in->start += FRAME_HEAD + n;
	in->len -= FRAME_HEAD + n;
	return (int)n;
}

static int make_room(struct frames_out *out, size_t need)
{
	size_t room = out->room ? out->room : 65536;
	uint8_t *p;

	if (out->start) {
		memmove(out->buf, out->buf + out->start, out->len);
		out->start = 0;
	}
	while (room < need)
		room *= 2;
	if (room == out->room)
		return 0;
	p = realloc(out->buf, room);
	if (!p)
		return -ENOBUFS;
	out->buf = p;
	out->room = room;
	return 0;
}

int frames_put(struct frames_out *out, const void *frame, size_t n)
{
	const uint32_t head = htonl((uint32_t)n);

	if (out->len + FRAME_HEAD + n > OUT_MAX)
		return -ENOBUFS;
	if (out->start + out->len + FRAME_HEAD + n > out->room &&
		make_room(out, out->len + FRAME_HEAD + n) < 0)
		return -ENOBUFS;
	memcpy(out->buf + out->start + out->len, &head, FRAME_HEAD);
	memcpy(out->buf + out->start + out->len + FRAME_HEAD, frame, n);
	out->len += FRAME_HEAD + n;
	return 0;
}

int frames_flush(struct frames_out *out, int fd)
{
	while (out->len) {
		ssize_t n = send(fd, out->buf + out->start, out->len,
			MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		out->start += (size_t)n;
		out->len -= (size_t)n;
	}
	out->start = 0;
	return 0;
}

void frames_out_free(struct frames_out *out)
{
	free(out->buf);
	*out = (struct frames_out){ 0 };
}
