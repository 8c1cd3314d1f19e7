/* vmrun.h - one run of a guest. */
#ifndef VMRUN_H
#define VMRUN_H

#include "sink.h"

#include <sys/types.h>

/* How it went; also the exit status. Signals are 128 and their number. */
enum outcome {
	RUN_DONE = 0,
	RUN_FAILED = 1,
	RUN_NO_WORD = 3,
	RUN_STALLED = 4,
	RUN_TIMEOUT = 5,
	RUN_LOST = 6,
	RUN_ASKED = 7,
};

struct channel {
	const char *name;
	struct sink sink; /* fd -1: only listened to */
	int is_word;
};

struct run_config {
	const char *uri, *user;
	const char *file; /* the domain's XML */
	char *xml;
	struct sink console; /* fd -1: read and dropped */
	struct channel *channels;
	int channel_count;
	const char *nonce;	   /* NULL: no word is waited for */
	int timeout, stall, grace; /* seconds; 0: none */
	struct sink shot;	   /* fd -1: none wanted */
	pid_t parent;		   /* whose end ends the guest; 0: nobody */
};

/* Runs the guest to its end, says on stderr how it went. An enum outcome. */
int run_guest(struct run_config *cfg);

/*
 * Whether this user can use the files that the domain names. 0, or a negative
 * errno after a message.
 */
int check_files(const char *file, const char *xml);

#endif
