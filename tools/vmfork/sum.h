// SPDX-License-Identifier: MIT
/*
 * sum.h - the sum of a file of which most may be zeros, as of a guest's memory: where
 * these are a hole and where they are written makes no difference, and holes no work.
 */
#ifndef VMFORK_SUM_H
#define VMFORK_SUM_H

/* As text: XXH3, against decay and not against malice. */
enum { SUM_ROOM = 17 };

/* 0 or a negative errno. */
int sum_file(int fd, char sum[SUM_ROOM]);

#endif
