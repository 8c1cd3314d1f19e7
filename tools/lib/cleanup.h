// SPDX-License-Identifier: MIT
/*
 * cleanup.h - what a scope owns goes with the scope.
 *
 *	_cleanup_free_ char *name = strdup(s);
 *	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
 *	...
 *	return steal_ptr(&name);	hands the string to the caller
 */
#ifndef SEEDBED_CLEANUP_H
#define SEEDBED_CLEANUP_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

#define _cleanup_(f)	 __attribute__((cleanup(f)))
#define _cleanup_free_	 _cleanup_(cleanup_free)
#define _cleanup_close_	 _cleanup_(cleanup_close)
#define _cleanup_fclose_ _cleanup_(cleanup_fclose)

static inline void *steal_ptr_(void *pp)
{
	void **slot = pp;
	void *p = *slot;

	*slot = NULL;
	return p;
}
#define steal_ptr(pp) ((__typeof__(*(pp)))steal_ptr_(pp))

static inline int steal_fd(int *fd)
{
	int v = *fd;

	*fd = -1;
	return v;
}

#endif
