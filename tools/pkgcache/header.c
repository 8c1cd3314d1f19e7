// SPDX-License-Identifier: MIT
#include "header.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char magic[] = "seedbed-pkgcache 1\n";

bool validator_ok(const char *s, size_t len)
{
	if (len == 0 || len > VALIDATOR_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (s[i] < ' ' || s[i] > '~')
			return false;
	return true;
}

__attribute__((format(printf, 3, 4))) static size_t add(
	char *block, size_t at, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(block + at, HEADER_SIZE - at, fmt, ap);
	va_end(ap);
	return at + (size_t)n;
}

size_t header_write(const struct header *h, char *block)
{
	size_t n, covered;

	_Static_assert(URL_MAX_LEN + 2 * VALIDATOR_MAX + 64 + 32 + 200 < HEADER_SIZE,
		"all of a header fits");
	memset(block, 0, HEADER_SIZE);
	n = add(block, 0, "%surl=%s\n", magic, h->url);
	if (h->size < 0)
		n = add(block, n, "size=-\n");
	else
		n = add(block, n, "size=%lld\n", (long long)h->size);
	if (*h->etag)
		n = add(block, n, "etag=%s\n", h->etag);
	if (*h->modified)
		n = add(block, n, "modified=%s\n", h->modified);
	if (*h->sha256)
		n = add(block, n, "sha256=%s\n", h->sha256);
	covered = n;
	if (*h->sum)
		add(block, n, "sum=%s\n", h->sum);
	return covered;
}

/* The text of the line "KEY=..." at *p, which moves past it. */
static bool line(const char **p, const char *key, char *out, size_t max)
{
	const size_t n = strlen(key);
	const char *value = *p + n + 1, *nl;

	if (strncmp(*p, key, n) != 0 || (*p)[n] != '=')
		return false;
	nl = strchr(value, '\n');
	if (!nl || nl == value || (size_t)(nl - value) > max)
		return false;
	memcpy(out, value, (size_t)(nl - value));
	out[nl - value] = '\0';
	*p = nl + 1;
	return true;
}

static bool optional(const char **p, const char *key, char *out, size_t max)
{
	const size_t n = strlen(key);

	out[0] = '\0';
	if (strncmp(*p, key, n) != 0 || (*p)[n] != '=')
		return true;
	return line(p, key, out, max);
}

static bool is_hex(const char *s, size_t len)
{
	return *s == '\0' || (strlen(s) == len && strspn(s, "0123456789abcdef") == len);
}

static bool size_parse(const char *s, int64_t *size)
{
	*size = -1;
	if (strcmp(s, "-") == 0)
		return true;
	if (strlen(s) > 18 || strspn(s, "0123456789") != strlen(s))
		return false;
	*size = 0;
	for (; *s; s++)
		*size = *size * 10 + (*s - '0');
	return true;
}

static bool printable(const char *s)
{
	return *s == '\0' || validator_ok(s, strlen(s));
}

bool header_read(const char *block, struct header *h, size_t *covered)
{
	const char *p = block;
	char size[20];

	memset(h, 0, sizeof(*h));
	if (block[HEADER_SIZE - 1] != '\0' || strncmp(p, magic, strlen(magic)) != 0)
		return false;
	p += strlen(magic);
	if (!line(&p, "url", h->url, URL_MAX_LEN) ||
		!line(&p, "size", size, sizeof(size) - 1) ||
		!size_parse(size, &h->size) ||
		!optional(&p, "etag", h->etag, VALIDATOR_MAX) ||
		!optional(&p, "modified", h->modified, VALIDATOR_MAX) ||
		!optional(&p, "sha256", h->sha256, 64))
		return false;
	*covered = (size_t)(p - block);
	return optional(&p, "sum", h->sum, 32) && *p == '\0' && printable(h->etag) &&
	       printable(h->modified) && is_hex(h->sha256, 64) && is_hex(h->sum, 32);
}
