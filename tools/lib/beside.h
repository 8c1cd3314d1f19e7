// SPDX-License-Identifier: MIT
/* beside.h - where this program lies, and its fellows with it. */
#ifndef SEEDBED_BESIDE_H
#define SEEDBED_BESIDE_H

/* The folder of this program, allocated; NULL where the system does not say it. */
char *beside_dir(void);

/*
 * The program of that name from the same folder if it is there, else the name, to be
 * looked for in PATH. Allocated; NULL: no memory.
 */
char *beside_program(const char *name);

#endif
