// SPDX-License-Identifier: MIT
#include "pump.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct pump {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t came;
	int fd, over, err;
	char *buf;
	size_t at, len, room; /* len bytes from at on wait */
	unsigned long long max;
};

/* What a write takes it has at once, so that the lock is not held for it. */
enum { PIECE = 65536 };

static ssize_t write_some(int fd, const char *piece, size_t n)
{
	ssize_t w;

	do
		w = write(fd, piece, n);
	while (w < 0 && errno == EINTR);
	return w < 0 ? -errno : w;
}

static void *work(void *opaque)
{
	struct pump *p = opaque;
	char piece[PIECE];
	ssize_t w;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		const size_t n = p->len < PIECE ? p->len : PIECE;

		if (n == 0 && p->over)
			break;
		if (n == 0) {
			pthread_cond_wait(&p->came, &p->lock);
			continue;
		}
		memcpy(piece, p->buf + p->at, n);
		pthread_mutex_unlock(&p->lock);
		w = write_some(p->fd, piece, n);
		pthread_mutex_lock(&p->lock);
		if (w < 0) {
			p->err = (int)w;
			break;
		}
		p->at += (size_t)w;
		p->len -= (size_t)w;
	}
	p->len = 0; /* of what could not be written nothing is waited for */
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static void release(struct pump *p)
{
	free(p->buf);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->came);
	free(p);
}

int pump_start(struct pump **out, int fd, unsigned long long max)
{
	struct pump *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	p->fd = fd;
	p->max = max;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->came, NULL);
	r = pthread_create(&p->thread, NULL, work, p);
	if (r)
		release(p);
	else
		*out = p;
	return -r;
}

/* Room for n more, by moving what waits only when more than that has gone. */
static int make_room(struct pump *p, size_t n)
{
	size_t room = p->room ? p->room : 4096;
	char *buf;

	if (p->at + p->len + n <= p->room)
		return 0;
	if (p->at > p->len) {
		memmove(p->buf, p->buf + p->at, p->len);
		p->at = 0;
	}
	while (room < p->at + p->len + n)
		room *= 2;
	if (room == p->room)
		return 0;
	buf = realloc(p->buf, room);
	if (!buf)
		return -ENOMEM;
	p->buf = buf;
	p->room = room;
	return 0;
}

static int append(struct pump *p, const char *data, size_t n)
{
	int r;

	if (p->err < 0)
		return p->err;
	if (p->len + n > p->max)
		return -ENOBUFS;
	r = make_room(p, n);
	if (r < 0)
		return r;
	memcpy(p->buf + p->at + p->len, data, n);
	p->len += n;
	pthread_cond_signal(&p->came);
	return 0;
}

int pump_put(struct pump *p, const char *data, size_t n)
{
	int r;

	pthread_mutex_lock(&p->lock);
	r = append(p, data, n);
	pthread_mutex_unlock(&p->lock);
	return r;
}

unsigned long long pump_waits(struct pump *p)
{
	unsigned long long n;

	pthread_mutex_lock(&p->lock);
	n = p->len;
	pthread_mutex_unlock(&p->lock);
	return n;
}

int pump_end(struct pump *p)
{
	int r;

	pthread_mutex_lock(&p->lock);
	p->over = 1;
	r = p->len ? -ETIMEDOUT : p->err;
	pthread_cond_signal(&p->came);
	pthread_mutex_unlock(&p->lock);
	if (r == -ETIMEDOUT) {
		pthread_detach(p->thread);
		return r;
	}
	pthread_join(p->thread, NULL);
	r = p->err;
	release(p);
	return r;
}
