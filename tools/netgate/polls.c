// SPDX-License-Identifier: MIT
#include "polls.h"

#include <stdlib.h>

int polls_add(struct polls *p, int fd, short events)
{
	if (fd < 0)
		return -1;
	if (p->n == p->room) {
		size_t room = p->room ? 2 * p->room : 64;
		struct pollfd *v = realloc(p->v, room * sizeof(*v));

		if (!v)
			return -1;
		p->v = v;
		p->room = room;
	}
	p->v[p->n] = (struct pollfd){ .fd = fd, .events = events };
	return (int)p->n++;
}

short polls_got(const struct polls *p, int index)
{
	return index < 0 ? 0 : p->v[index].revents;
}
