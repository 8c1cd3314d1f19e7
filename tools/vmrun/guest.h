/* guest.h - the guest while it runs: what run.c and its helpers share. */
#ifndef VMRUN_GUEST_H
#define VMRUN_GUEST_H

#include "panic.h"
#include "vmrun.h"
#include "words.h"

#include <libvirt/libvirt.h>
#include <pthread.h>
#include <stdatomic.h>

struct guest;

/* A stream from the guest to a file, to the words, or to both. */
struct port {
	struct guest *g;
	const char *name;
	virStreamPtr st;
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
	double started;	    /* on the monotonic clock */
	int said_done, said_failed;
	char *reason; /* what a guest gave as such */
	char *step;   /* the last */

	/* how it ends */
	int outcome; /* -1: it has not */
	char *text;
	int stopped;	  /* the domain is gone */
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

double now(void);

/* Decides how the run ends, once; the first reason counts. */
void guest_end(struct guest *g, int outcome, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* ports.c: streams. 0 or -1 after guest_end(). */
int ports_open(struct guest *g);
int ports_open_count(const struct guest *g);
void ports_close(struct guest *g);

/* ttys.c: terminals that others' locks bar, held so that the guest gets another. */
enum { TTYS_MOST = 64 };
struct ttys {
	int fd[TTYS_MOST], count;
};
void ttys_hold(struct ttys *t);
void ttys_release(struct ttys *t);

/* restore.c: a process that ends the guest if this one is killed; the guest itself,
 * paused, or NULL after guest_end() or a signal on that descriptor. */
int restore_guard(struct run_config *cfg);
virDomainPtr restore_guest(struct guest *g, int sig);

/* watch.c: the thread that asks for the disks' and nets' counts. */
int watch_start(struct guest *g);
void watch_stop(struct guest *g);

/* shot.c: a picture of the screen, taken by a thread of its own. */
int shot_start(struct guest *g);
void shot_stop(struct guest *g);

#endif
