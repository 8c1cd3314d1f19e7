// SPDX-License-Identifier: MIT
#include "account.h"
#include "cleanup.h"

#include <stdarg.h>
#include <string.h>
#include <sys/eventfd.h>

static const char *const keys[NOTES] = {
	[NOTE_STALE] = "stale",
	[NOTE_MISSING] = "missing",
	[NOTE_UNREACHABLE] = "unreachable",
	[NOTE_REFUSED] = "refused",
	[NOTE_DAMAGED] = "damaged",
	[NOTE_MISMATCH] = "mismatch",
};

static void unlock(pthread_mutex_t **m)
{
	pthread_mutex_unlock(*m);
}

/* Held to the end of the scope. */
#define HOLD(a)                                                                        \
	_cleanup_(unlock) pthread_mutex_t *held_ = &(a)->lock;                         \
	pthread_mutex_lock(held_)

int account_open(struct account *a, uint64_t limit)
{
	memset(a, 0, sizeof(*a));
	pthread_mutex_init(&a->lock, NULL);
	a->limit = limit;
	a->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return a->event < 0 ? -errno : 0;
}

void account_close(struct account *a)
{
	for (int i = 0; i < NOTES; i++)
		for (int j = 0; j < a->notes[i].n; j++)
			free(a->notes[i].line[j]);
	free(a->text);
	cleanup_close(&a->event);
	pthread_mutex_destroy(&a->lock);
}

bool account_take(struct account *a, enum way way, uint64_t n, const char *url)
{
	static const char *const words[WAYS] = { "fetched", "served" };
	bool fits;

	pthread_mutex_lock(&a->lock);
	fits = !a->limit ||
	       (a->bytes[way] <= a->limit && n <= a->limit - a->bytes[way]);
	if (fits)
		a->bytes[way] += n;
	pthread_mutex_unlock(&a->lock);
	if (!fits)
		account_end(a, OUTCOME_LIMIT,
			"%s: %llu bytes more to be %s, --limit is %llu", url,
			(unsigned long long)n, words[way],
			(unsigned long long)a->limit);
	return fits;
}

void account_give_back(struct account *a, enum way way, uint64_t n)
{
	HOLD(a);

	a->bytes[way] -= n;
}

void account_hit(struct account *a)
{
	HOLD(a);

	a->hits++;
}

void account_miss(struct account *a)
{
	HOLD(a);

	a->misses++;
}

void account_note(struct account *a, enum note note, const char *fmt, ...)
{
	char line[NOTE_LEN];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	HOLD(a);
	for (int i = 0; i < a->notes[note].n; i++)
		if (strcmp(a->notes[note].line[i], line) == 0)
			return;
	if (a->notes[note].n < NOTES_KEPT &&
		(a->notes[note].line[a->notes[note].n] = strdup(line)))
		a->notes[note].n++;
	else
		a->notes[note].more++;
}

void account_end(struct account *a, enum outcome o, const char *fmt, ...)
{
	va_list ap;
	HOLD(a);

	if (a->outcome != GOES_ON)
		return;
	a->outcome = o;
	va_start(ap, fmt);
	if (vasprintf(&a->text, fmt, ap) < 0)
		a->text = NULL;
	va_end(ap);
	eventfd_write(a->event, 1);
}

void account_put(struct account *a, struct result *r)
{
	HOLD(a);

	result_put(r, "fetched", "%llu", (unsigned long long)a->bytes[FETCHED]);
	result_put(r, "served", "%llu", (unsigned long long)a->bytes[SERVED]);
	result_put(r, "hits", "%llu", (unsigned long long)a->hits);
	result_put(r, "misses", "%llu", (unsigned long long)a->misses);
	for (int i = 0; i < NOTES; i++) {
		for (int j = 0; j < a->notes[i].n; j++)
			result_put(r, keys[i], "%s", a->notes[i].line[j]);
		if (a->notes[i].more) {
			char key[32];

			snprintf(key, sizeof(key), "%s-more", keys[i]);
			result_put(
				r, key, "%llu", (unsigned long long)a->notes[i].more);
		}
	}
	if (a->text)
		result_put(r, "text", "%s", a->text);
}
