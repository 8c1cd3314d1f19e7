// SPDX-License-Identifier: MIT
/*
 * account.h - what a build has transferred, what it may, and what is told of it at the
 * end. Any thread may call it.
 */
#ifndef PKGCACHE_ACCOUNT_H
#define PKGCACHE_ACCOUNT_H

#include "result.h"
#include "target.h"

#include <pthread.h>
#include <stdint.h>

/* What is told of single addresses, by the key of the result file. */
enum note {
	NOTE_STALE,
	NOTE_MISSING,
	NOTE_UNREACHABLE,
	NOTE_REFUSED,
	NOTE_DAMAGED,
	NOTE_MISMATCH,
	NOTES
};

enum way { FETCHED, SERVED, WAYS };

enum outcome { GOES_ON, OUTCOME_LIMIT, OUTCOME_FAILED };

enum { NOTES_KEPT = 32, NOTE_LEN = 512 };

struct account {
	pthread_mutex_t lock;
	uint64_t limit; /* 0: none */
	uint64_t bytes[WAYS], hits, misses;
	struct {
		char *line[NOTES_KEPT];
		int n;
		uint64_t more;
	} notes[NOTES];
	enum outcome outcome;
	char *text; /* why, for people */
	int event;  /* readable when the outcome is there */
};

int account_open(struct account *a, uint64_t limit);
void account_close(struct account *a);

/*
 * Counts n bytes before they are transferred. False: they would be too many; nothing
 * is counted, and the run ends for it.
 */
bool account_take(struct account *a, enum way way, uint64_t n, const char *url);

/* What was counted, and not transferred. */
void account_give_back(struct account *a, enum way way, uint64_t n);

void account_hit(struct account *a);
void account_miss(struct account *a);

/* Each line once, of the first NOTES_KEPT. */
void account_note(struct account *a, enum note note, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The first call decides. */
void account_end(struct account *a, enum outcome o, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* All of it but the outcome. */
void account_put(struct account *a, struct result *r);

#endif
