// SPDX-License-Identifier: MIT
/* What another build's process fetches, read along; no word passes but the file's. */
#include "fetching.h"
#include "cleanup.h"
#include "clock.h"

#include <string.h>

enum { LOOK_MS = 50, HEADER_MS = 2000 };

static int64_t now_ms(void)
{
	return clock_ns() / 1000000;
}

enum step fetch_join(struct fetch *f)
{
	const int64_t began = now_ms();
	struct part p;
	struct header h;
	int r;

	while ((r = part_join(f->s->store, f->t.kept, &p, &h)) == -EAGAIN) {
		if (!fetch_wanted(f))
			return STEP_END;
		if (now_ms() - began > HEADER_MS) {
			f->alone = true; /* its process has stopped */
			return STEP_ASK;
		}
		fetch_pause(f, LOOK_MS);
	}
	if (r < 0 && !*f->kept.url && store_has(f->s->store, f->t.kept)) {
		fetch_say(f, ANSWER_AGAIN, NULL); /* another has just brought it */
		return STEP_END;
	}
	if (r < 0)
		return STEP_ASK;
	pthread_mutex_lock(&f->s->lock);
	f->part = p;
	f->h = h;
	pthread_mutex_unlock(&f->s->lock);
	fetch_say(f, ANSWER_BODY, NULL);
	return STEP_FOLLOW;
}

/* What has come since. Whether it was anything; *whole: that was all. */
static bool look(struct fetch *f, bool *whole)
{
	struct header h;
	uint64_t have = 0;
	bool more;

	*whole = false;
	if (part_look(&f->part, &h, &have) < 0)
		return false;
	*whole = *h.sum || (h.size >= 0 && have >= (uint64_t)h.size);
	pthread_mutex_lock(&f->s->lock);
	more = have > f->have;
	if (more) {
		f->have = have;
		pthread_cond_broadcast(&f->changed);
	}
	pthread_mutex_unlock(&f->s->lock);
	return more;
}

/* Its process holds it and brings nothing: from here on by ourselves. */
static enum step part_ways(struct fetch *f)
{
	struct part p;
	const int r = part_alone(f->s->store, f->t.kept, &f->part, f->have, &p);

	if (r < 0) {
		account_end(f->s->account, OUTCOME_FAILED, "%s: %s", f->s->store_path,
			strerror(-r));
		return STEP_END;
	}
	pthread_mutex_lock(&f->s->lock);
	f->old = f->part.fd;
	f->part = p;
	f->alone = true;
	pthread_mutex_unlock(&f->s->lock);
	return STEP_ASK;
}

enum step fetch_follow(struct fetch *f)
{
	int64_t heard = now_ms();
	bool whole;

	for (;;) {
		if (look(f, &whole))
			heard = now_ms();
		if (whole) {
			fetch_say(f, ANSWER_WHOLE, NULL);
			return STEP_END;
		}
		if (!fetch_wanted(f))
			return STEP_END;
		if (part_take(&f->part)) {
			/* it may have come to its end in between */
			look(f, &whole);
			if (!whole)
				return STEP_ASK;
			continue;
		}
		if (now_ms() - heard > f->s->silence * 1000)
			return part_ways(f);
		fetch_pause(f, LOOK_MS);
	}
}
