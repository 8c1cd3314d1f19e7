// SPDX-License-Identifier: MIT
#include "relay.h"
#include "cleanup.h"
#include "diag.h"
#include "unixlisten.h"

#include <fcntl.h>
#include <string.h>

/* A guest may not eat all descriptors of its gate. */
enum { PAIRS_MAX = 256, BUF = 65536 };

/* What was read at one end and goes to the other. */
struct way {
	char *buf;
	size_t start, len;
	int eof;  /* nothing more will be read */
	int done; /* and the other end was told so */
};

struct pair {
	struct pair *next;
	int fd[2], slot[2]; /* 0: libslirp's end, 1: the target's */
	struct way way[2];  /* way[0]: from fd[0] to fd[1] */
	int connecting, dead;
};

int relay_start(struct relay *r, struct proxy *p, const char *path)
{
	*r = (struct relay){ .proxy = p, .slot = -1 };
	r->listener = unix_listen(path);
	if (r->listener < 0)
		return r->listener;
	r->path = strdup(path);
	if (!r->path) {
		close(r->listener);
		unlink(path);
		return -ENOMEM;
	}
	return 0;
}

static void pair_free(struct pair *p)
{
	for (int i = 0; i < 2; i++) {
		if (p->fd[i] >= 0)
			close(p->fd[i]);
		free(p->way[i].buf);
	}
	free(p);
}

/* The first failure is told, the others are counted: a guest may retry forever. */
static void target_failed(struct relay *r, int err)
{
	if (r->failed++ == 0)
		diag_errno(err, "%s: connect", r->proxy->text);
}

static struct pair *pair_new(struct relay *r, int fd)
{
	const struct target *to = &r->proxy->to;
	struct pair *p = calloc(1, sizeof(*p));

	if (!p) {
		close(fd);
		return NULL;
	}
	p->fd[0] = fd;
	p->slot[0] = p->slot[1] = -1;
	p->way[0].buf = malloc(BUF);
	p->way[1].buf = malloc(BUF);
	p->fd[1] = socket(
		to->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (!p->way[0].buf || !p->way[1].buf || p->fd[1] < 0)
		goto bad;
	if (connect(p->fd[1], (const struct sockaddr *)&to->addr, to->len) < 0) {
		if (errno != EINPROGRESS) {
			target_failed(r, errno);
			goto bad;
		}
		p->connecting = 1;
	}
	return p;
bad:
	pair_free(p);
	return NULL;
}

void relay_accept(struct relay *r)
{
	for (;;) {
		int fd = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		struct pair *p;

		if (fd < 0)
			return;
		r->total++;
		if (r->open >= PAIRS_MAX) {
			r->refused++;
			close(fd);
			continue;
		}
		p = pair_new(r, fd);
		if (!p)
			continue;
		p->next = r->pairs;
		r->pairs = p;
		r->open++;
	}
}

/* What poll shall wait for at end i: to read into an empty buffer, to write. */
static short wanted(const struct pair *p, int i)
{
	short ev = 0;

	if (p->connecting)
		return i ? POLLOUT : 0;
	if (!p->way[i].eof && p->way[i].len == 0)
		ev |= POLLIN;
	if (p->way[!i].len)
		ev |= POLLOUT;
	return ev;
}

void relay_fill(struct relay *r, struct polls *polls)
{
	r->slot = polls_add(polls, r->listener, POLLIN);
	for (struct pair *p = r->pairs; p; p = p->next)
		for (int i = 0; i < 2; i++) {
			short ev = wanted(p, i);

			p->slot[i] = ev ? polls_add(polls, p->fd[i], ev) : -1;
		}
}

static int carry(struct way *w, int from, int to)
{
	ssize_t n;

	if (!w->eof && w->len == 0) {
		n = recv(from, w->buf, BUF, MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n == 0)
			w->eof = 1;
		w->start = 0;
		w->len = n > 0 ? (size_t)n : 0;
	}
	while (w->len) {
		n = send(to, w->buf + w->start, w->len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		w->start += (size_t)n;
		w->len -= (size_t)n;
	}
	if (w->eof && !w->done) {
		shutdown(to, SHUT_WR);
		w->done = 1;
	}
	return 0;
}

static void connected(struct relay *r, struct pair *p)
{
	socklen_t len = sizeof(int);
	int err = 0;

	getsockopt(p->fd[1], SOL_SOCKET, SO_ERROR, &err, &len);
	p->connecting = 0;
	if (err) {
		target_failed(r, err);
		p->dead = 1;
	}
}

static void pair_serve(struct relay *r, struct pair *p, const struct polls *polls)
{
	if (!polls_got(polls, p->slot[0]) && !polls_got(polls, p->slot[1]))
		return;
	if (p->connecting)
		connected(r, p);
	if (!p->dead)
		p->dead = carry(&p->way[0], p->fd[0], p->fd[1]) < 0 ||
			  carry(&p->way[1], p->fd[1], p->fd[0]) < 0 ||
			  (p->way[0].done && p->way[1].done);
}

void relay_serve(struct relay *r, const struct polls *polls)
{
	for (struct pair **pp = &r->pairs, *p; (p = *pp);) {
		pair_serve(r, p, polls);
		if (p->dead) {
			*pp = p->next;
			pair_free(p);
			r->open--;
		} else {
			pp = &p->next;
		}
	}
	relay_accept(r);
}

void relay_end(struct relay *r)
{
	if (!r->path)
		return;
	for (struct pair *p = r->pairs, *next; p; p = next) {
		next = p->next;
		pair_free(p);
	}
	close(r->listener);
	unlink(r->path);
	free(r->path);
	*r = (struct relay){ 0 };
}
