// SPDX-License-Identifier: MIT
#include "fetching.h"
#include "cleanup.h"
#include "idle.h"

#include <string.h>

enum { WAIT_END = 5, STACK = 512 * 1024 };

/* --- what a build's fetches share --- */

void source_init(struct source *s)
{
	pthread_condattr_t at;

	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&at);
	pthread_condattr_setclock(&at, CLOCK_MONOTONIC);
	pthread_cond_init(&s->none, &at);
	pthread_condattr_destroy(&at);
}

void source_end(struct source *s)
{
	pthread_mutex_lock(&s->lock);
	s->ending = true;
	for (struct fetch *f = s->fetches; f; f = f->next)
		pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&s->lock);
}

int source_wait(struct source *s)
{
	const struct timespec until = fetch_until(WAIT_END * 1000L);
	int r = 0;

	pthread_mutex_lock(&s->lock);
	while (s->threads && r == 0)
		r = pthread_cond_timedwait(&s->none, &s->lock, &until);
	r = s->threads ? -EBUSY : 0;
	pthread_mutex_unlock(&s->lock);
	return r;
}

void source_free(struct source *s)
{
	idle_free(s);
	pthread_cond_destroy(&s->none);
	pthread_mutex_destroy(&s->lock);
}

/* --- the thread --- */

/* Locked, and nobody has it. */
static void release(struct fetch *f)
{
	pthread_cond_destroy(&f->changed);
	cleanup_close(&f->part.fd);
	cleanup_close(&f->old);
	free(f);
}

static void *work(void *arg)
{
	struct fetch *f = arg;
	struct source *s = f->s;
	enum step step = f->head ? STEP_ASK : STEP_JOIN;

	while (step != STEP_END)
		step = step == STEP_JOIN     ? fetch_join(f)
		       : step == STEP_FOLLOW ? fetch_follow(f)
					     : fetch_ask(f);
	part_leave(s->store, &f->part);
	if (!fetch_final(f->answer))
		fetch_say(f, ANSWER_BROKEN, "nobody wants it any more");
	pthread_mutex_lock(&s->lock);
	f->running = false;
	if (f->readers == 0)
		release(f);
	if (--s->threads == 0)
		pthread_cond_broadcast(&s->none);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* Locked. */
static int start(struct fetch *f)
{
	pthread_attr_t at;
	pthread_t thread;
	int r;

	pthread_attr_init(&at);
	pthread_attr_setdetachstate(&at, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&at, STACK);
	f->running = true;
	r = pthread_create(&thread, &at, work, f);
	pthread_attr_destroy(&at);
	if (r == 0)
		f->s->threads++;
	return -r;
}

/* --- who reads --- */

static struct fetch *new_fetch(
	struct source *s, const struct target *t, const struct header *kept, bool head)
{
	struct fetch *f = calloc(1, sizeof(*f));
	pthread_condattr_t at;

	if (!f)
		return NULL;
	f->s = s;
	f->t = *t;
	f->head = head;
	if (kept)
		f->kept = *kept;
	f->part.fd = f->old = -1;
	f->h.size = -1;
	f->readers = 1;
	pthread_condattr_init(&at);
	pthread_condattr_setclock(&at, CLOCK_MONOTONIC);
	pthread_cond_init(&f->changed, &at);
	pthread_condattr_destroy(&at);
	return f;
}

static struct fetch *under_way(struct source *s, const char *url)
{
	struct fetch *f = s->fetches;

	while (f && strcmp(f->t.url, url) != 0)
		f = f->next;
	return f;
}

struct fetch *fetch_begin(
	struct source *s, const struct target *t, const struct header *kept, bool head)
{
	struct fetch *f = NULL;

	pthread_mutex_lock(&s->lock);
	if (!head && (f = under_way(s, t->url))) {
		f->readers++;
	} else if (!s->ending && (f = new_fetch(s, t, kept, head))) {
		if (start(f) < 0) {
			release(f);
			f = NULL;
		} else if (!head) {
			f->listed = true;
			f->next = s->fetches;
			s->fetches = f;
		}
	}
	pthread_mutex_unlock(&s->lock);
	return f;
}

/* Locked. For a change, or to see whether who asked has gone: false. */
static bool wait_for(struct fetch *f, struct patience p)
{
	const struct timespec until = fetch_until(1000);
	bool goes_on = !f->s->ending;

	if (goes_on && pthread_cond_timedwait(&f->changed, &f->s->lock, &until) != 0) {
		pthread_mutex_unlock(&f->s->lock);
		goes_on = p.waits(p.opaque);
		pthread_mutex_lock(&f->s->lock);
	}
	return goes_on && !f->s->ending;
}

enum answer fetch_answer(struct fetch *f, struct patience p)
{
	enum answer a;

	pthread_mutex_lock(&f->s->lock);
	while ((a = f->answer) == ANSWER_ASKED && wait_for(f, p))
		;
	pthread_mutex_unlock(&f->s->lock);
	return a;
}

ssize_t fetch_read(
	struct fetch *f, char *buf, size_t len, uint64_t at, struct patience p)
{
	bool goes_on = true;
	enum answer a;
	uint64_t have;
	ssize_t n;
	int fd;

	pthread_mutex_lock(&f->s->lock);
	while (f->have <= at && f->answer == ANSWER_BODY && goes_on)
		goes_on = wait_for(f, p);
	have = f->have;
	a = f->answer;
	fd = f->part.fd;
	pthread_mutex_unlock(&f->s->lock);
	if (have <= at)
		return a == ANSWER_WHOLE ? 0 : -EPIPE;
	if (len > have - at)
		len = (size_t)(have - at);
	n = pread(fd, buf, len, (off_t)(at + HEADER_SIZE));
	return n > 0 ? n : n < 0 ? -errno : -EPIPE;
}

void fetch_leave(struct fetch *f)
{
	struct source *s = f->s;

	pthread_mutex_lock(&s->lock);
	if (--f->readers == 0 && !f->running)
		release(f);
	else
		pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&s->lock);
}

int64_t fetch_size(const struct fetch *f)
{
	return f->h.size;
}

const char *fetch_etag(const struct fetch *f)
{
	return f->h.etag;
}

const char *fetch_modified(const struct fetch *f)
{
	return f->h.modified;
}

const char *fetch_location(const struct fetch *f)
{
	return f->location;
}

int fetch_status(const struct fetch *f)
{
	return f->status;
}

const char *fetch_why(const struct fetch *f)
{
	return f->why;
}
