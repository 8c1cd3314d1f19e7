// SPDX-License-Identifier: MIT
/* whole.h - reads and writes of streams that are not cut short. */
#ifndef VMFORK_WHOLE_H
#define VMFORK_WHOLE_H

#include <stddef.h>
#include <sys/types.h>

/* As many as there are, up to n: fewer only at the end. Or a negative errno. */
ssize_t whole_read(int fd, void *buf, size_t n);

/* 0 or a negative errno. */
int whole_write(int fd, const void *buf, size_t n);

#endif
