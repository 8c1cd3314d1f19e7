// SPDX-License-Identifier: MIT
/* outcome.h - how a run ended: for programs a name, a code and an exit status. */
#ifndef VMRUN_OUTCOME_H
#define VMRUN_OUTCOME_H

enum outcome {
	OUT_FINISHED,
	OUT_FAILED, /* the guest's word, or it could not be run any further */
	OUT_NO_WORD,
	OUT_STALLED,
	OUT_TIMEOUT,
	OUT_DAEMON,
	OUT_ASKED,
	OUT_LOG_LIMIT,
	OUT_DISK,
	OUT_COMMAND,
	OUT_INTERRUPTED,
	OUT_NOT_STARTED
};

struct ending {
	enum outcome outcome;
	int signal;	  /* of OUT_INTERRUPTED */
	const char *code; /* a word for programs */
	char *own_code;	  /* where code is the guest's */
	char *object;	  /* what it is about; NULL: nothing */
	char *text;	  /* for people */
};

const char *outcome_name(enum outcome o);

/* The exit status. */
int ending_status(const struct ending *e);

/* What to do next, for people, or NULL. */
const char *ending_next(const struct ending *e);

void ending_free(struct ending *e);

#endif
