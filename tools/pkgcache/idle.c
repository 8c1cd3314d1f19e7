// SPDX-License-Identifier: MIT
#include "idle.h"

#include <stdlib.h>

struct idle {
	struct idle *next;
	CURL *curl;
};

CURL *idle_take(struct source *s)
{
	struct idle *i;
	CURL *c = NULL;

	pthread_mutex_lock(&s->lock);
	i = s->idle;
	if (i)
		s->idle = i->next;
	pthread_mutex_unlock(&s->lock);
	if (!i)
		return curl_easy_init();
	c = i->curl;
	free(i);
	return c;
}

void idle_keep(struct source *s, CURL *c)
{
	struct idle *i = malloc(sizeof(*i));

	curl_easy_reset(c); /* it forgets us, and keeps its connections */
	if (!i) {
		curl_easy_cleanup(c);
		return;
	}
	i->curl = c;
	pthread_mutex_lock(&s->lock);
	i->next = s->idle;
	s->idle = i;
	pthread_mutex_unlock(&s->lock);
}

void idle_free(struct source *s)
{
	struct idle *i;

	while ((i = s->idle)) {
		s->idle = i->next;
		curl_easy_cleanup(i->curl);
		free(i);
	}
}
