// SPDX-License-Identifier: MIT
/*
 * At any time it is either the file that is waited for or the guest: what was read
 * goes out before more is.
 */
#include "feed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 65536 };

int feed_open(struct feed *f, const char *path)
{
	*f = (struct feed){ .watch = -1 };
	f->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	return f->fd < 0 ? -errno : 0;
}

static void at_end(struct feed *f)
{
	if (f->watch >= 0)
		virEventRemoveHandle(f->watch);
	f->watch = -1;
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static void tell(struct feed *f, int events)
{
	if (f->st)
		virStreamEventUpdateCallback(f->st, events);
	else
		virEventUpdateHandle(f->to_watch, events);
}

/* How many bytes went, -2 if there is no room, -1 if it is gone. */
static ssize_t put(struct feed *f, const char *data, size_t n)
{
	ssize_t w;

	if (f->st)
		return virStreamSend(f->st, data, n);
	w = send(f->to, data, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	return w < 0 && (errno == EAGAIN || errno == EINTR) ? -2 : w;
}

static void on_readable(int watch, int fd, int events, void *opaque)
{
	struct feed *f = opaque;
	const ssize_t n = read(fd, f->buf, PIECE);

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		at_end(f);
		return;
	}
	f->at = 0;
	f->len = (size_t)n;
	virEventUpdateHandle(watch, 0);
	tell(f, FEED_BUSY);
}

int feed_start(struct feed *f, virStreamPtr st, int to, int to_watch)
{
	if (f->fd < 0)
		return 0;
	f->st = st;
	f->to = to;
	f->to_watch = to_watch;
	f->buf = malloc(PIECE);
	if (!f->buf)
		return -1;
	f->watch = virEventAddHandle(
		f->fd, VIR_EVENT_HANDLE_READABLE, on_readable, f, NULL);
	return f->watch < 0 ? -1 : 0;
}

int feed_push(struct feed *f)
{
	while (f->at < f->len) {
		const ssize_t n = put(f, f->buf + f->at, f->len - f->at);

		if (n == -2)
			return 0;
		if (n < 0)
			return -1;
		f->at += (size_t)n;
	}
	tell(f, FEED_IDLE);
	if (f->watch >= 0)
		virEventUpdateHandle(f->watch, VIR_EVENT_HANDLE_READABLE);
	return 0;
}

void feed_stop(struct feed *f)
{
	at_end(f);
	free(f->buf);
	f->buf = NULL;
	f->at = f->len = 0;
}
