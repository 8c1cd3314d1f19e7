// SPDX-License-Identifier: MIT
#include "sums.h"
#include "cleanup.h"
#include "slurp.h"
#include "stanza.h"
#include "target.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <xxhash.h>

enum { LIST_MAX = 1 << 30 };

struct sum {
	struct sum *next;
	uint64_t key;	/* of the file's path beneath the archive, as URLs spell it */
	uint64_t where; /* of the archive's address, with a slash at its end; 0: any */
	char sha256[64];
};

static uint64_t key_of(const char *s, size_t len)
{
	return XXH3_64bits(s, len);
}

static int grow_table(struct sums *s)
{
	const size_t room = s->room ? s->room * 2 : 1024;
	struct sum **bucket = calloc(room, sizeof(struct sum *)), *e, *next;

	if (!bucket)
		return -ENOMEM;
	for (size_t i = 0; i < s->room; i++)
		for (e = s->bucket[i]; e; e = next) {
			struct sum **to = &bucket[e->key & (room - 1)];

			next = e->next;
			e->next = *to;
			*to = e;
		}
	free(s->bucket);
	s->bucket = bucket;
	s->room = room;
	return 0;
}

static int put(struct sums *s, uint64_t key, uint64_t where, const char *sha256)
{
	struct sum **to, *e;

	if (s->n >= s->room && grow_table(s) < 0)
		return -ENOMEM;
	e = malloc(sizeof(*e));
	if (!e)
		return -ENOMEM;
	to = &s->bucket[key & (s->room - 1)];
	*e = (struct sum){ .next = *to, .key = key, .where = where };
	memcpy(e->sha256, sha256, sizeof(e->sha256));
	*to = e;
	s->n++;
	return 0;
}

/* --- whose a list is --- */

/* "example.org_a_dists_..." and "example.org_a_._Packages" as "http://example.org/a/".
 */
static uint64_t archive_of(const char *name)
{
	static const char *const ends[] = { "_dists_", "_._Packages", "_Packages" };
	char text[URL_MAX_LEN + 1] = "http://";
	const char *end = NULL;
	size_t n = 7;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends) && !end; i++)
		end = strstr(name, ends[i]);
	if (!end || !memchr(name, '.', (size_t)(end - name)))
		return 0;
	for (; name < end && n < sizeof(text) - 2; name++) {
		if (strncmp(name, "%5f", 3) == 0) {
			text[n++] = '_';
			name += 2;
		} else {
			text[n++] = *name;
			if (*name == '_')
				text[n - 1] = '/';
		}
	}
	text[n++] = '/';
	return key_of(text, n);
}

/* --- a list's stanzas --- */

struct entry {
	char path[URL_MAX_LEN + 1]; /* as URLs spell it, without a slash before it */
	char sha256[64];
	bool named, summed;
};

/* One spelling for all: that of target_parse(), on a host that does not matter. */
static void filename(const struct field *f, struct entry *e)
{
	static const char host[] = "x";
	char raw[URL_MAX_LEN + 1] = "/";
	struct target t;
	size_t n = 1;

	for (size_t i = 0; i < f->valuelen; i++) {
		if (n + 4 > sizeof(raw))
			return;
		/* the file's name itself, in which a % is one */
		if (f->value[i] == '%') {
			memcpy(raw + n, "%25", 3);
			n += 3;
		} else {
			raw[n++] = f->value[i];
		}
	}
	raw[n] = '\0';
	if (target_parse(raw, host, &t) != ALLOWED)
		return;
	memcpy(e->path, t.url + strlen("http://x/"), strlen(t.url) - 8);
	e->named = true;
}

static void sha256(const struct field *f, struct entry *e)
{
	if (f->valuelen != 64 || strspn(f->value, "0123456789abcdef") < 64)
		return;
	memcpy(e->sha256, f->value, 64);
	e->summed = true;
}

static int stanza_end(struct sums *s, uint64_t where, struct entry *e)
{
	const bool whole = e->named && e->summed;

	e->named = e->summed = false;
	return whole ? put(s, key_of(e->path, strlen(e->path)), where, e->sha256) : 0;
}

int sums_add(struct sums *s, const char *name, const char *text, size_t len)
{
	const uint64_t where = archive_of(name);
	const char *p = text, *end = text + len;
	struct entry e = { 0 };
	struct field f;
	int r, err;

	while ((r = field_next(&p, end, &f)) >= 0) {
		if (r == 0 && (err = stanza_end(s, where, &e)) < 0)
			return err;
		if (r > 0 && field_is(&f, "Filename"))
			filename(&f, &e);
		if (r > 0 && field_is(&f, "SHA256"))
			sha256(&f, &e);
	}
	err = stanza_end(s, where, &e);
	return r == -ENOENT ? err : r;
}

int sums_read(struct sums *s, const char *path)
{
	_cleanup_free_ char *text = NULL;
	const char *slash = strrchr(path, '/');
	size_t len;
	int r = slurp_file(path, LIST_MAX, &text, &len);

	return r < 0 ? r : sums_add(s, slash ? slash + 1 : path, text, len);
}

/* --- questions --- */

/* Each part of the URL's path may be where the archive ends. */
static enum fit look(const struct sums *s, const char *url, const char *sha256_hex)
{
	enum fit fit = FIT_UNKNOWN;

	for (const char *p = strchr(url + 7, '/'); s->room && p; p = strchr(p, '/')) {
		const uint64_t where = key_of(url, (size_t)(++p - url));
		const uint64_t key = key_of(p, strlen(p));

		for (const struct sum *e = s->bucket[key & (s->room - 1)]; e;
			e = e->next) {
			if (e->key != key || (e->where && e->where != where))
				continue;
			if (sha256_hex && memcmp(e->sha256, sha256_hex, 64) == 0)
				return FIT_YES;
			fit = FIT_NO;
		}
	}
	return fit;
}

enum fit sums_fit(const struct sums *s, const char *url, const char *sha256_hex)
{
	return look(s, url, sha256_hex);
}

bool sums_know(const struct sums *s, const char *url)
{
	return look(s, url, NULL) != FIT_UNKNOWN;
}

void sums_free(struct sums *s)
{
	struct sum *e, *next;

	for (size_t i = 0; i < s->room; i++)
		for (e = s->bucket[i]; e; e = next) {
			next = e->next;
			free(e);
		}
	free(s->bucket);
	*s = (struct sums){ 0 };
}
