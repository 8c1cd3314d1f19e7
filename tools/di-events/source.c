// SPDX-License-Identifier: MIT
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An event may tell a command of 128 KiB, with escapes. */
static const size_t CHUNK = 65536, LINE_LIMIT = 1 << 18;

int source_open(struct source *s, const char *path)
{
	*s = (struct source){ .path = path, .fd = -1 };
	s->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO)
				       : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return s->fd < 0 ? -errno : 0;
}

/* Room for a chunk and a NUL, after what is used up has gone. */
static int make_room(struct source *s)
{
	char *p;

	if (!s->line && s->at) {
		memmove(s->buf, s->buf + s->at, s->len - s->at);
		s->len -= s->at;
		s->at = 0;
	}
	if (s->room - s->len > CHUNK)
		return 0;
	p = realloc(s->buf, s->len + 2 * CHUNK);
	if (!p)
		return -ENOMEM;
	if (s->line)
		s->line = p + (s->line - s->buf);
	s->buf = p;
	s->room = s->len + 2 * CHUNK;
	return 0;
}

int source_read(struct source *s)
{
	ssize_t n;
	int r;

	if (s->line || s->fd < 0)
		return 0;
	r = make_room(s);
	if (r < 0)
		return r;
	n = read(s->fd, s->buf + s->len, CHUNK);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	s->len += (size_t)n;
	return n > 0;
}

void source_end(struct source *s)
{
	if (!s->line && s->len > s->at && s->len < s->room)
		s->buf[s->len++] = '\n';
}

static void begin(struct source *s, char *line)
{
	struct line l;

	s->line = line;
	if (!line_parse(line, &l))
		return;
	clock_at(&s->clock, l.stamp);
	if (line_is_fork(&l))
		s->clock.runs = false;
}

/* Finds the next line, if it is all there. A NUL within is a blank. */
static void advance(struct source *s)
{
	char *nl;

	while (!s->line && s->at < s->len) {
		char *from = s->buf + s->at;
		const size_t rest = s->len - s->at;

		nl = memchr(from, '\n', rest);
		if (!nl && rest >= LINE_LIMIT) {
			s->overlong = true;
			s->at = s->len;
		}
		if (!nl)
			return;
		for (char *p = from; p < nl; p++)
			if (!*p)
				*p = ' ';
		*nl = '\0';
		s->at = (size_t)(nl + 1 - s->buf);
		if (s->overlong)
			s->overlong = false;
		else
			begin(s, from);
	}
}

char *source_next(struct source *s, size_t count, bool all)
{
	struct source *first = NULL;
	char *line;

	for (size_t i = 0; i < count; i++) {
		advance(&s[i]);
		if (!s[i].line) {
			if (all)
				return NULL;
			continue;
		}
		if (!first || s[i].clock.last < first->clock.last)
			first = &s[i];
	}
	if (!first)
		return NULL;
	line = first->line;
	first->line = NULL;
	return line;
}

void source_close(struct source *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	free(s->buf);
	s->buf = NULL;
}
