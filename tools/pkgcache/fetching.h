// SPDX-License-Identifier: MIT
/* fetching.h - a fetch from inside, for its steps. */
#ifndef PKGCACHE_FETCHING_H
#define PKGCACHE_FETCHING_H

#include "fetch.h"

#include <time.h>

enum { WHY_MAX = 200 };

struct fetch {
	struct source *s;
	struct target t;
	struct header kept; /* an empty URL: nothing is */
	bool head;
	/* what follows is the thread's to change, under s->lock */
	struct fetch *next;
	pthread_cond_t changed;
	enum answer answer;
	int readers;
	bool running, listed;
	struct part part;
	int old; /* the part that was followed before; somebody may be reading it */
	struct header h;
	uint64_t have;
	int status;
	char why[WHY_MAX];
	char location[URL_MAX_LEN + 1];
	bool alone; /* follows nobody any more */
};

/* What a fetch does next. */
enum step {
	STEP_JOIN,   /* looks for another's part, to follow it */
	STEP_FOLLOW, /* reads along */
	STEP_ASK,    /* asks the server */
	STEP_END
};

/* follow.c, ask.c */
enum step fetch_join(struct fetch *f);
enum step fetch_follow(struct fetch *f);
enum step fetch_ask(struct fetch *f);

/* The time in so many milliseconds, on the monotonic clock. */
struct timespec fetch_until(long ms);

/* Whether nothing comes after it. */
bool fetch_final(enum answer a);

/* Whether anybody wants it here; in another build, too, if that reads ours. */
bool fetch_wanted(struct fetch *f);

/* Tells the readers. */
void fetch_say(struct fetch *f, enum answer a, const char *why);

/* So many milliseconds, or less where something changes. */
void fetch_pause(struct fetch *f, long ms);

#endif
