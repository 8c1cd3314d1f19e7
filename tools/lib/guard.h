// SPDX-License-Identifier: MIT
/*
 * guard.h - a process that puts right what this one no longer can when it is killed.
 *
 * It is forked off before anything is at stake, and sees by a pipe that its parent
 * has gone without a word: it then calls undo(opaque) and ends. It belongs to no
 * terminal, and no signal that is meant for its parent's group ends it.
 */
#ifndef SEEDBED_GUARD_H
#define SEEDBED_GUARD_H

#include <sys/types.h>

struct guard {
	pid_t pid; /* 0: none */
	int fd;
};

/* 0 or a negative errno. To be called while there is but one thread. */
int guard_start(struct guard *g, void (*undo)(void *opaque), void *opaque);

/* Nothing is to be put right any more. Harmless on a zeroed struct. */
void guard_dismiss(struct guard *g);

#endif
