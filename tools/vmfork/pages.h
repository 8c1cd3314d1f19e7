/*
 * pages.h - a file of which most is zeros, as a guest's memory: copied and summed up
 * without these. Where a copy has its holes makes no difference to the sum.
 */
#ifndef VMFORK_PAGES_H
#define VMFORK_PAGES_H

#include <stddef.h>

/* A sum as text: XXH3, against decay and not against malice. */
enum { PAGES_SUM = 17 };

/* 0 or a negative errno. */
int pages_sum(int fd, char sum[PAGES_SUM]);

/* Copies into an empty file, which has holes where there are zeros; the sum of both. */
int pages_copy(int from, int to, char sum[PAGES_SUM]);

#endif
