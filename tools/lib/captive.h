// SPDX-License-Identifier: MIT
/*
 * captive.h - the rest of a command line, run inside: TOOL [OPTION...] -- COMMAND
 *[ARG...]
 *
 *	struct captive c;
 *	captive_hold(&c);		first of all, before there is a second thread
 *	...				get ready; poll c.signals where that takes long
 *	r = captive_start(&c, argv, env);
 *	if (r == 0)
 *		status = captive_wait(&c);	or poll c.signals and c.pidfd oneself
 *	else
 *		status = captive_status(r);
 *	captive_free(&c);
 *
 * COMMAND has the signal mask and dispositions that the tool was started with, its
 * descriptors 0, 1 and 2 and no other. It gets the signals that are meant to end the
 * tool, and a SIGTERM when the tool is killed (but one that changes its user is out of
 * that: the kernel takes it back). The thread that starts it must be the last to end.
 */
#ifndef SEEDBED_CAPTIVE_H
#define SEEDBED_CAPTIVE_H

#include <signal.h>
#include <sys/types.h>

/* Exit statuses of a tool that has a COMMAND, besides COMMAND's own; as of env(1). */
enum {
	CAPTIVE_FAILED = 125, /* the tool's own failure */
	CAPTIVE_NO_EXEC = 126,
	CAPTIVE_NOT_FOUND = 127
};

struct captive {
	int signals; /* readable when there is work for captive_signal() */
	pid_t pid;   /* 0: COMMAND does not run */
	int pidfd;   /* readable when it has ended; -1: it does not run */
	/* as it was when the tool was started */
	sigset_t mask;
	struct sigaction pipe, child;
};

/*
 * Holds SIGINT, SIGTERM and SIGHUP for captive_signal(), ignores SIGPIPE, and opens
 * what is closed of descriptors 0, 1 and 2 (on /dev/null). 0 or a negative errno.
 */
int captive_hold(struct captive *c);

/*
 * Starts argv[0], searched in PATH, with the environment and, unless env is NULL, the
 * NAME=VALUE in it, up to a NULL. 0, or a negative errno; that of exec(2), too.
 */
int captive_start(struct captive *c, const char *const argv[], const char *const env[]);

/* The exit status for a COMMAND that captive_start() could not start. */
int captive_status(int err);

/*
 * Takes the signals that have come, without waiting, and passes them on to COMMAND if
 * it runs. A SIGINT from the terminal it has already. The last one's number; 0: none.
 */
int captive_signal(struct captive *c);

/* Its exit status, 128+N for signal N, or -EAGAIN while it runs. */
int captive_ended(struct captive *c);

/* Waits for its end and passes signals on. Its exit status, or a negative errno. */
int captive_wait(struct captive *c);

/* Sends it a SIGTERM and waits; harmless where none runs. */
void captive_end(struct captive *c);

/* The descriptors, and signals as they were before captive_hold(). */
void captive_free(struct captive *c);

#endif
