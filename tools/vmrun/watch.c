// SPDX-License-Identifier: MIT
/*
 * Whether the disks and the network move. Asked in a thread: a QEMU that hangs
 * keeps the answer, and the one who waits for it must not be who ends the guest.
 */
#include "watch.h"

#include <string.h>
#include <time.h>

/* Everything that is counted, in one number: only its change matters. */
static unsigned long long sum(virDomainStatsRecordPtr r)
{
	static const char *const ends[] = { ".rd.bytes", ".wr.bytes", ".rd.reqs",
		".wr.reqs", ".fl.reqs", ".rx.bytes", ".tx.bytes" };
	unsigned long long total = 0;

	for (int i = 0; i < r->nparams; i++) {
		const virTypedParameter *p = &r->params[i];
		size_t n = strlen(p->field);

		if (p->type != VIR_TYPED_PARAM_ULLONG)
			continue;
		for (size_t j = 0; j < sizeof(ends) / sizeof(*ends); j++) {
			size_t m = strlen(ends[j]);

			if (n > m && strcmp(p->field + n - m, ends[j]) == 0)
				total += p->value.ul;
		}
	}
	return total;
}

static void *watch(void *opaque)
{
	const struct timespec nap = { .tv_nsec = 100000000 };
	struct guest *g = opaque;
	virDomainPtr doms[] = { g->dom, NULL };
	virDomainStatsRecordPtr *rec = NULL;

	for (int i = 0; !atomic_load(&g->stats_stop); i++) {
		nanosleep(&nap, NULL);
		if (i % 10)
			continue;
		if (virDomainListGetStats(doms,
			    VIR_DOMAIN_STATS_BLOCK | VIR_DOMAIN_STATS_INTERFACE, &rec,
			    VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT) > 0) {
			atomic_store(&g->io, sum(rec[0]));
			virDomainStatsRecordListFree(rec);
		}
	}
	return NULL;
}

int watch_start(struct guest *g)
{
	int r = pthread_create(&g->stats, NULL, watch, g);

	g->stats_runs = r == 0;
	return -r;
}

void watch_stop(struct guest *g)
{
	if (!g->stats_runs)
		return;
	atomic_store(&g->stats_stop, 1);
	pthread_join(g->stats, NULL);
	g->stats_runs = 0;
}
