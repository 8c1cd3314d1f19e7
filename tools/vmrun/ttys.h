// SPDX-License-Identifier: MIT
/* ttys.h - terminals that others' locks bar, held so that the guest gets another. */
#ifndef VMRUN_TTYS_H
#define VMRUN_TTYS_H

enum { TTYS_MOST = 64 };

struct ttys {
	int fd[TTYS_MOST], count;
};

void ttys_hold(struct ttys *t);
void ttys_release(struct ttys *t);

#endif
