// SPDX-License-Identifier: MIT
/* guest.h - the guest while it runs, and the one decision how that ends. */
#ifndef VMRUN_GUEST_H
#define VMRUN_GUEST_H

#include "captive.h"
#include "outcome.h"
#include "panic.h"
#include "vmrun.h"
#include "words.h"

#include <libvirt/libvirt.h>
#include <pthread.h>
#include <stdatomic.h>

struct guest;

/* What comes from the guest to a file, to the words, or to both; what goes to it. */
struct port {
	struct guest *g;
	const char *name;
	virStreamPtr st; /* NULL: it is QEMU's socket (direct.h) */
	int fd, watch;
	struct sink *sink; /* NULL: dropped; one without a file only counts */
	struct words *words;
	struct feed *feed;
	int open;
};

struct guest {
	struct run_config *cfg;
	virConnectPtr conn;
	virDomainPtr dom;
	char uuid[VIR_UUID_STRING_BUFLEN];
	struct port *ports;
	int port_count;
	struct words words;
	struct panic panic; /* on the console */
	double started;	    /* on the monotonic clock; 0: it has not */
	int said_done;
	char *step;	/* the last */
	char *question; /* what it asks */

	/* what is run beside it (command.c) */
	struct captive captive;
	int step_came;	    /* the one that is waited for */
	int command_watch;  /* -1: none */
	int command_status; /* -1: it has not ended */
	double command_end; /* when one that does not end is killed; 0: not told to */

	/* how it ends */
	int ended; /* it is decided */
	struct ending end;
	int stopped;	  /* the domain is gone */
	int lingers;	  /* it is ended though it said that it is done */
	int over;	  /* nothing more is waited for */
	int lost;	  /* the connection is */
	double drain_end; /* when waiting for the streams' rests ends */
	double grace_end;
	double shot_end;
	double panic_end; /* when its last lines are out; 0: it has not panicked */
	double paused_at; /* for a reason that nobody gave; 0: it runs */

	/* progress: seen by the main thread, block counts from the other */
	unsigned long long seen;
	double seen_at;
	unsigned long long stream_bytes;
	atomic_ullong io;

	pthread_t stats, shot;
	int stats_runs, shot_runs;
	atomic_int stats_stop, shot_done;
};

/*
 * Decides how the run ends, once; the first reason counts. code is a literal, object
 * NULL where the text is about nothing with a name.
 */
void guest_end(struct guest *g, enum outcome outcome, const char *code,
	const char *object, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* By the guest's own word, whose code is kept. */
void guest_says_failed(struct guest *g, const struct word *w);

/* A sink did not take what was put: by its error, and the name of its source. */
void guest_end_by_sink(struct guest *g, const struct sink *s, const char *source,
	const char *code, int err);

/* A copy of text in place of what is in slot. */
void remember(char **slot, const char *text);

#endif
