// SPDX-License-Identifier: MIT
#include "record.h"
#include "base64.h"
#include "key.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t";

/* Kept between lines: a hundred thousand keys need them only once. */
static struct {
	const char *name;
	EVP_MD *md;
	EVP_MD_CTX *ctx;
	uint8_t *room;
	size_t room_len;
} hash;

static const struct hashname {
	const char *name;
	size_t len;
} hashes[] = { { "SHA256", 32 }, { "MD5", 16 }, { "SHA1", 20 }, { "SHA384", 48 },
	{ "SHA512", 64 } };

int hash_select(const char *name)
{
	for (size_t i = 0; i < sizeof(hashes) / sizeof(*hashes); i++) {
		if (strcasecmp(name, hashes[i].name) != 0)
			continue;
		record_end();
		hash.md = EVP_MD_fetch(NULL, hashes[i].name, NULL);
		hash.ctx = EVP_MD_CTX_new();
		hash.name = hashes[i].name;
		return hash.md && hash.ctx ? 0 : -ENOTSUP;
	}
	return -EINVAL;
}

const char *hash_selected(void)
{
	return hash.name;
}

void record_end(void)
{
	EVP_MD_free(hash.md);
	EVP_MD_CTX_free(hash.ctx);
	free(hash.room);
	memset(&hash, 0, sizeof(hash));
}

static int digest(struct record *r, const struct key *k)
{
	unsigned n = 0;

	if (!EVP_DigestInit_ex2(hash.ctx, hash.md, NULL) ||
		!EVP_DigestUpdate(hash.ctx, k->plain, k->plain_len) ||
		!EVP_DigestFinal_ex(hash.ctx, r->digest, &n))
		return -ENOTSUP;
	r->digest_len = n;
	r->hash = hash.name;
	return 0;
}

/* Room for the decoded blob and, behind it, for the plain key. */
static int make_room(size_t n)
{
	uint8_t *p;

	if (n <= hash.room_len)
		return 0;
	if (!(p = realloc(hash.room, n)))
		return -ENOMEM;
	hash.room = p;
	hash.room_len = n;
	return 0;
}

/* "TYPE BASE64 [comment]" at s; *rest is left after the key. */
static int read_key(struct record *r, char *s, char **rest)
{
	size_t type_len = strcspn(s, blanks);
	size_t gap = strspn(s + type_len, blanks);
	const char *text = s + type_len + gap;
	size_t n = strcspn(text, blanks);
	struct key k;
	long len;

	if (!gap || !key_is_type(s, type_len))
		return LINE_UNKNOWN;
	if (make_room(2 * n + 64) < 0)
		return -ENOMEM;
	if ((len = base64_decode(text, n, hash.room, n)) < 0 ||
		key_parse(&k, s, type_len, hash.room, (size_t)len, hash.room + len) < 0)
		return LINE_BROKEN;
	r->bits = k.bits;
	r->from_key = true;
	key_label(&k, r->type);
	*rest = s + (text - s) + n;
	return digest(r, &k) < 0 ? LINE_BROKEN : LINE_RECORD;
}

/* Past a field of options or host names, whose quotes may hold blanks. */
static char *skip_field(char *s)
{
	bool quoted = false;

	for (; *s && (quoted || !strchr(blanks, *s)); s++) {
		if (*s == '\\' && s[1] == '"')
			s++;
		else if (*s == '"')
			quoted = !quoted;
	}
	return s;
}

/* A key, perhaps behind a marker (@cert-authority) and a field. */
static int read_key_line(struct record *r, char *s)
{
	char *rest = NULL, *prefix;
	int got = read_key(r, s, &rest);

	if (got == LINE_UNKNOWN) {
		if (*s == '@')
			s = skip_field(s);
		prefix = s + strspn(s, blanks);
		s = skip_field(prefix);
		if (!*s)
			return LINE_UNKNOWN;
		*s++ = '\0';
		got = read_key(r, s + strspn(s, blanks), &rest);
		if (got == LINE_UNKNOWN)
			s[-1] = ' ';
		else
			r->comment = prefix;
	}
	if (got == LINE_RECORD) {
		rest += strspn(rest, blanks);
		if (*rest && *rest != '#')
			r->comment = rest;
	}
	return got;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_md5(struct record *r, const char *s, size_t n)
{
	if (n != 16 * 3 - 1)
		return false;
	for (size_t i = 0; i < 16; i++, s += 3) {
		int high = hex(s[0]), low = hex(s[1]);

		if (high < 0 || low < 0 || (i < 15 && s[2] != ':'))
			return false;
		r->digest[i] = (uint8_t)(high << 4 | low);
	}
	r->digest_len = 16;
	r->hash = "MD5";
	return true;
}

static bool read_base64(struct record *r, const char *s, size_t n, size_t want)
{
	uint8_t out[DIGEST_MAX + 8];

	if (n < want || n > (want + 2) / 3 * 4 ||
		base64_decode(s, n, out, sizeof(out)) != (long)want)
		return false;
	memcpy(r->digest, out, want);
	r->digest_len = want;
	return true;
}

/* A word that is a fingerprint; without its hash's name if it is alone. */
static bool read_fingerprint(struct record *r, const char *s, size_t n, bool alone)
{
	if (n > 4 && strncasecmp(s, "MD5:", 4) == 0)
		return read_md5(r, s + 4, n - 4);
	if (read_md5(r, s, n))
		return true;
	for (size_t i = 0; i < sizeof(hashes) / sizeof(*hashes); i++) {
		size_t name = strlen(hashes[i].name);

		if (n <= name || s[name] != ':' ||
			strncasecmp(s, hashes[i].name, name) != 0)
			continue;
		r->hash = hashes[i].name;
		return read_base64(r, s + name + 1, n - name - 1, hashes[i].len);
	}
	r->hash = "SHA256";
	return alone && n >= 43 && read_base64(r, s, n, 32);
}

static void set_type(struct record *r, const char *s, size_t n)
{
	if (n == 0 || n >= sizeof(r->type))
		return;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '-')
			return;
	memcpy(r->type, s, n);
	r->type[n] = '\0';
}

/* " comment (TYPE)", as ssh-keygen -l ends its lines. */
static void read_tail(struct record *r, char *s)
{
	size_t n;
	char *open;

	s += strspn(s, blanks);
	n = strlen(s);
	if (n > 2 && s[n - 1] == ')' && (open = strrchr(s, '('))) {
		set_type(r, open + 1, (size_t)(s + n - 1 - (open + 1)));
		while (open > s && strchr(blanks, open[-1]))
			open--;
		*open = '\0';
	}
	if (*s && strcmp(s, "no comment") != 0)
		r->comment = s;
}

/* Any word of the line may be the fingerprint; what stands around it may tell more. */
static int read_fingerprint_line(struct record *r, char *s)
{
	size_t whole = strcspn(s, blanks);
	bool alone = !s[whole + strspn(s + whole, blanks)];
	bool first = true;

	for (char *w = s; *w;) {
		size_t n = strcspn(w, blanks), word = n;
		char *next = w + n + strspn(w + n, blanks);

		if (n && w[n - 1] == '.')
			n--;
		if (read_fingerprint(r, w, n, alone)) {
			read_tail(r, w + word);
			return LINE_RECORD;
		}
		if (first && strspn(w, "0123456789") == word && word <= 5)
			r->bits = (unsigned)strtoul(w, NULL, 10);
		if (strncmp(next, "key fingerprint", 15) == 0)
			set_type(r, w, word);
		first = false;
		w = next;
	}
	return LINE_UNKNOWN;
}

int record_read(struct record *r, char *line)
{
	char *s = line + strspn(line, blanks);
	int got;

	*r = (struct record){ 0 };
	s[strcspn(s, "\r")] = '\0';
	if (*s == '\0' || *s == '#')
		return LINE_EMPTY;
	if ((strncmp(s, "-----BEGIN ", 11) == 0 && strstr(s, "PRIVATE KEY")) ||
		strncmp(s, "PuTTY-User-Key-File-", 20) == 0)
		return LINE_PRIVATE;
	if (strncmp(s, "-----BEGIN ", 11) == 0 || strncmp(s, "---- BEGIN ", 11) == 0)
		return LINE_FOREIGN;
	if ((got = read_key_line(r, s)) == LINE_UNKNOWN)
		got = read_fingerprint_line(r, s);
	return got;
}

void record_fingerprint(const struct record *r, char out[FINGERPRINT_MAX])
{
	char *p = stpcpy(out, r->hash);

	if (strcmp(r->hash, "MD5") == 0)
		for (size_t i = 0; i < r->digest_len; i++)
			p += snprintf(p, 4, ":%02x", r->digest[i]);
	else {
		*p++ = ':';
		base64_encode(r->digest, r->digest_len, p);
	}
}
