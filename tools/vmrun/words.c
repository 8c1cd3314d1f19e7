// SPDX-License-Identifier: MIT
#include "words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_LIMIT = 65536 };

int words_nonce_ok(const char *nonce)
{
	size_t n = strlen(nonce);

	for (const char *p = nonce; *p; p++)
		if (*p <= ' ' || *p > '~')
			return 0;
	return n >= 8 && n <= 256;
}

/* What follows the word at the beginning of s, or NULL: another word. */
static char *after(char *s, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(s, word, n) != 0)
		return NULL;
	if (s[n] == '\0')
		return s + n;
	return s[n] == ' ' ? s + n + 1 : NULL;
}

static void say(struct words *w, enum word_kind kind, const char *text)
{
	const struct word said = { .kind = kind, .text = text };

	w->say(w->opaque, &said);
}

/* Cuts s at its first space: the rest, "" if there is none. */
static char *cut(char *s)
{
	char *space = strchr(s, ' ');

	if (!space)
		return s + strlen(s);
	*space = '\0';
	return space + 1;
}

static void say_data(struct words *w, char *s)
{
	const struct word said = { .kind = WORD_DATA, .text = cut(s), .key = s };

	w->say(w->opaque, &said);
}

static int is_code(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(s[i] >= 'a' && s[i] <= 'z') &&
			!(i && ((s[i] >= '0' && s[i] <= '9') || s[i] == '-')))
			return 0;
	return n > 0;
}

static void say_failed(struct words *w, char *s)
{
	struct word said = {
		.kind = WORD_FAILED, .key = "unspecified", .object = "-", .text = s
	};
	char *object;

	if (is_code(s, strcspn(s, " "))) {
		said.key = s;
		object = cut(s);
		said.text = cut(object);
		if (*object)
			said.object = object;
	}
	w->say(w->opaque, &said);
}

static int heard(struct words *w, char *s)
{
	char *rest;

	if ((rest = after(s, "step")) && *rest)
		say(w, WORD_STEP, rest);
	else if ((rest = after(s, "data")) && *rest && *rest != ' ')
		say_data(w, rest);
	else if ((rest = after(s, "done")) && !*rest)
		say(w, WORD_DONE, rest);
	else if ((rest = after(s, "failed")))
		say_failed(w, rest);
	else if ((rest = after(s, "asks")) && *rest)
		say(w, WORD_ASKS, rest);
	else
		return 0;
	return 1;
}

static void end_of_line(struct words *w)
{
	char *rest;

	if (w->len && w->line[w->len - 1] == '\r')
		w->len--;
	if (w->overlong) {
		w->ignored++;
	} else if (w->len) {
		w->line[w->len] = '\0';
		rest = memchr(w->line, '\0', w->len) ? NULL : after(w->line, w->nonce);
		if (!rest || !heard(w, rest))
			w->ignored++;
	}
	w->len = 0;
	w->overlong = 0;
}

static int keep(struct words *w, const char *data, size_t n)
{
	size_t room = w->room ? w->room : 256;
	char *p;

	if (w->overlong || w->len + n > LINE_LIMIT) {
		w->overlong = 1;
		return 0;
	}
	while (room < w->len + n + 1)
		room *= 2;
	if (room != w->room) {
		p = realloc(w->line, room);
		if (!p)
			return -ENOMEM;
		w->line = p;
		w->room = room;
	}
	memcpy(w->line + w->len, data, n);
	w->len += n;
	return 0;
}

int words_feed(struct words *w, const char *data, size_t n)
{
	while (n) {
		const char *nl = memchr(data, '\n', n);
		size_t part = nl ? (size_t)(nl - data) : n;

		if (keep(w, data, part) < 0)
			return -ENOMEM;
		if (!nl)
			break;
		end_of_line(w);
		data += part + 1;
		n -= part + 1;
	}
	return 0;
}

void words_free(struct words *w)
{
	free(w->line);
	w->line = NULL;
	w->len = w->room = 0;
}
