// SPDX-License-Identifier: MIT
/*
 * fetch.h - files on their way from a server to the store and to who asked for them.
 *
 * A fetch is a thread that fills a part of the store at the server's speed, or follows
 * another build's process that does, and takes over from it if that goes. Any number
 * of requests read from it. It ends when nobody wants it any more.
 */
#ifndef PKGCACHE_FETCH_H
#define PKGCACHE_FETCH_H

#include "account.h"
#include "store.h"
#include "sums.h"

struct host {
	char name[HOST_MAX + 1];
	bool private; /* it may lie in the host's own networks */
};

/* What all requests of a build have in common. */
struct source {
	struct store *store;
	const char *store_path; /* for messages */
	const struct sums *sums;
	struct account *account;
	const struct host *hosts;
	int host_count;
	const char *proxy; /* HOST:PORT; NULL: none */
	long silence;	   /* seconds without a byte after which a server is given up */
	/* fetch.c's own */
	pthread_mutex_t lock;
	struct fetch *fetches; /* under way */
	struct idle *idle;     /* connections to servers, kept for the next */
	int threads;
	pthread_cond_t none; /* of the threads is left */
	bool ending;
};

void source_init(struct source *s);

/* The host as it was named to this build, or NULL. */
const struct host *source_host(const struct source *s, const char *name);

/* All that runs is told to end. */
void source_end(struct source *s);

/* Waits for that, for some seconds at most; 0, or -EBUSY: some are left. */
int source_wait(struct source *s);

/* When nothing runs any more. */
void source_free(struct source *s);

enum answer {
	ANSWER_ASKED, /* not known yet */
	ANSWER_BODY,  /* there is something to read, and more may come */
	ANSWER_WHOLE, /* all of it is there */
	/* and without anything to read: */
	ANSWER_SAME,	/* as it is kept */
	ANSWER_AGAIN,	/* the store has it by now */
	ANSWER_MISSING, /* status says how */
	ANSWER_MOVED,	/* to location */
	ANSWER_UNREACHED,
	ANSWER_INSIDE, /* its address is none of the public network */
	ANSWER_OVER,   /* more than the build may fetch */
	ANSWER_BROKEN, /* in the middle, or the store cannot take it */
};

struct fetch;

/*
 * The fetch of that file, a new one or one that is under way; NULL: no memory. kept
 * has the validators of what is kept of it (NULL: nothing is). With head the server is
 * asked about the file and not for it.
 */
struct fetch *fetch_begin(
	struct source *s, const struct target *t, const struct header *kept, bool head);

/* Whether who asked is still there: looked at while there is nothing else to do. */
struct patience {
	bool (*waits)(void *);
	void *opaque;
};

/* What is the answer; ANSWER_ASKED: nobody waits for it any more. */
enum answer fetch_answer(struct fetch *f, struct patience p);

/* What the answer says: known from then on. */
int64_t fetch_size(const struct fetch *f); /* -1: it does not say */
const char *fetch_etag(const struct fetch *f);
const char *fetch_modified(const struct fetch *f);
const char *fetch_location(const struct fetch *f);
int fetch_status(const struct fetch *f);
const char *fetch_why(const struct fetch *f);

/* At most len bytes from there on; 0: the end; -EPIPE and the like: there is no more.
 */
ssize_t fetch_read(
	struct fetch *f, char *buf, size_t len, uint64_t at, struct patience p);

/* Who began it has no use for it any more. */
void fetch_leave(struct fetch *f);

#endif
