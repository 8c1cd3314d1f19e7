// SPDX-License-Identifier: MIT
/* image - what libvirt restores a fork from: its description, and the saved state. */
#include "vmfork.h"
#include "cleanup.h"
#include "whole.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK = 1 << 18 };

/* All of it, from there on. */
static int pass_on(int from, size_t at, int to)
{
	_cleanup_free_ char *buf = malloc(CHUNK);
	ssize_t n = 0;
	int r = 0;

	if (!buf)
		return -ENOMEM;
	if (lseek(from, (off_t)at, SEEK_SET) < 0)
		return -errno;
	while (r == 0 && (n = whole_read(from, buf, CHUNK)) > 0)
		r = whole_write(to, buf, (size_t)n);
	return n < 0 ? (int)n : r;
}

int put_image(const struct saved *s, const char *xml, int fd)
{
	_cleanup_free_ void *head = NULL;
	size_t len = 0;
	int r = savefile_make(&s->file, xml, &head, &len);

	if (r == 0)
		r = whole_write(fd, head, len);
	return r == 0 ? pass_on(s->state, s->file.stream, fd) : r;
}
