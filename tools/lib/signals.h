// SPDX-License-Identifier: MIT
/* signals.h - those by which somebody asks a program to end. */
#ifndef SEEDBED_SIGNALS_H
#define SEEDBED_SIGNALS_H

#include <signal.h>

/* SIGINT, SIGTERM and SIGHUP. */
void signals_to_end(sigset_t *set);

/*
 * They wait until sigprocmask(SIG_SETMASK, before, NULL), so that what is at work is
 * done whole or not at all. before may be NULL.
 */
void signals_hold(sigset_t *before);

#endif
