// SPDX-License-Identifier: MIT
/* vmrun.h - what is asked for: the command line, read and opened. */
#ifndef VMRUN_H
#define VMRUN_H

#include "feed.h"
#include "guard.h"
#include "sink.h"

#include <sys/types.h>

struct channel {
	const char *name;
	struct sink sink; /* fd -1: only listened to */
	int is_word;
	const char *feed_path;
	struct feed feed; /* fd -1: nothing to tell it */
};

struct run_config {
	const char *uri, *user;
	const char *file; /* the domain's XML */
	char *xml;
	const char *restore; /* what to go on from; NULL: from power-on */
	char *uuid;	     /* of a guest to be restored */
	struct guard guard;  /* over it */
	struct sink console; /* fd -1: read and dropped */
	struct sink records;
	struct channel *channels;
	int channel_count;
	const char *nonce; /* NULL: no word is waited for */
	const char *step;  /* at which command is run, or all ends; NULL: no such */
	int until;	   /* all ends with that */
	int quiet;	   /* the end is not told on stderr */
	const char *const *command;
	int timeout, stall, grace; /* seconds; 0: none */
	struct sink shot;	   /* fd -1: none wanted */
	pid_t parent;		   /* whose end ends the guest; 0: nobody */
	const char *result;	   /* where to put how it went; NULL: nowhere */
};

#endif
