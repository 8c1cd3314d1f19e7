// SPDX-License-Identifier: MIT
/* fetching.c - what the steps of a fetch do to it. */
#include "fetching.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

const struct host *source_host(const struct source *s, const char *name)
{
	for (int i = 0; i < s->host_count; i++)
		if (strcmp(s->hosts[i].name, name) == 0)
			return &s->hosts[i];
	return NULL;
}

struct timespec fetch_until(long ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

/* Locked. Another that asks for the same gets one of its own from now on. */
static void unlist(struct fetch *f)
{
	struct fetch **p = &f->s->fetches;

	while (*p && *p != f)
		p = &(*p)->next;
	if (*p)
		*p = f->next;
	f->listed = false;
}

bool fetch_final(enum answer a)
{
	return a != ANSWER_ASKED && a != ANSWER_BODY;
}

void fetch_say(struct fetch *f, enum answer a, const char *why)
{
	pthread_mutex_lock(&f->s->lock);
	f->answer = a;
	if (why)
		snprintf(f->why, sizeof(f->why), "%s", why);
	if (fetch_final(a) && f->listed)
		unlist(f);
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->s->lock);
}

bool fetch_wanted(struct fetch *f)
{
	bool wanted;

	pthread_mutex_lock(&f->s->lock);
	wanted = f->readers > 0 && !f->s->ending;
	if (!wanted && !f->s->ending)
		wanted = f->part.ours && part_followed(&f->part);
	/* one that is about to end takes no more readers */
	if (!wanted && f->listed)
		unlist(f);
	pthread_mutex_unlock(&f->s->lock);
	return wanted;
}

void fetch_pause(struct fetch *f, long ms)
{
	const struct timespec until = fetch_until(ms);

	pthread_mutex_lock(&f->s->lock);
	if (!f->s->ending)
		pthread_cond_timedwait(&f->changed, &f->s->lock, &until);
	pthread_mutex_unlock(&f->s->lock);
}
