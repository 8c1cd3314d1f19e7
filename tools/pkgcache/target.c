// SPDX-License-Identifier: MIT
#include "target.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *name, *text;
} refusals[] = {
	[ALLOWED] = { "none", "" },
	[REFUSE_METHOD] = { "method", "only GET and HEAD" },
	[REFUSE_BODY] = { "body", "a request has no body" },
	[REFUSE_FORM] = { "form", "neither an http:// address nor a path with a Host" },
	[REFUSE_SCHEME] = { "scheme", "only http:// addresses" },
	[REFUSE_USERINFO] = { "userinfo", "no user or password in an address" },
	[REFUSE_HOST] = { "host", "no source of this build" },
	[REFUSE_QUERY] = { "query", "no query in an address" },
	[REFUSE_FRAGMENT] = { "fragment", "no fragment in an address" },
	[REFUSE_PATH] = { "path", "a path that no archive has" },
	[REFUSE_LAYOUT] = { "layout", "nothing that an archive of packages has" },
	[REFUSE_ADDRESS] = { "address", "the source's address is not a public one" },
	[REFUSE_LIMIT] = { "limit", "more than this build may transfer" },
};

const char *refusal_name(enum refusal r)
{
	return refusals[r].name;
}

const char *refusal_text(enum refusal r)
{
	return refusals[r].text;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
}

/* --- the host --- */

/* ":80" is the same as none. Whether s is a port; *used is what of it is kept. */
static bool port_parse(const char *s, size_t len, size_t *used)
{
	unsigned port = 0;

	if (len < 2 || len > 6 || s[1] == '0')
		return false;
	for (size_t i = 1; i < len; i++) {
		if (!is_digit(s[i]))
			return false;
		port = port * 10 + (unsigned)(s[i] - '0');
	}
	*used = port == 80 ? 0 : len;
	return port <= 65535;
}

bool host_parse(const char *s, size_t len, char *out)
{
	const char *colon = memchr(s, ':', len);
	const size_t name = colon ? (size_t)(colon - s) : len;
	size_t port = 0;

	if (name == 0 || name > 253 || s[0] == '.' || s[0] == '-' || s[name - 1] == '.')
		return false;
	for (size_t i = 0; i < name; i++) {
		if (!is_alnum(s[i]) && s[i] != '-' && s[i] != '.')
			return false;
		if (s[i] == '.' && s[i + 1] == '.')
			return false;
		out[i] = lower(s[i]);
	}
	if (colon && !port_parse(colon, len - name, &port))
		return false;
	memcpy(out + name, s + name, port);
	out[name + port] = '\0';
	return true;
}

/* --- the path --- */

/* What names of files are made of. All of it is spelt %xx but RFC 3986's unreserved. */
static bool is_plain(char c)
{
	return is_alnum(c) || (c && strchr("-._~", c));
}

static bool is_name(char c)
{
	return is_plain(c) || (c && strchr("+:@=,%", c));
}

static int hex(char c)
{
	if (is_digit(c))
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum { SEGMENTS_MAX = 64 };

struct path {
	char plain[URL_MAX_LEN + 1]; /* decoded, segments parted by NULs */
	size_t len;
	const char *segment[SEGMENTS_MAX];
	size_t n;
	char *url; /* the end of what is spelt anew */
	const char *url_end;
};

static bool put_url(struct path *p, char c)
{
	static const char digits[] = "0123456789abcdef";

	if (p->url_end - p->url < 4)
		return false;
	if (is_plain(c) || c == '/') {
		*p->url++ = c;
	} else {
		*p->url++ = '%';
		*p->url++ = digits[(unsigned char)c >> 4];
		*p->url++ = digits[(unsigned char)c & 15];
	}
	return true;
}

/* One character, decoded; 0: none that a name has. %2e is nobody's way to write a dot.
 */
static char next_char(const char **s)
{
	int high, low;
	char c = *(*s)++;

	if (c == '%') {
		high = hex((*s)[0]);
		low = high < 0 ? -1 : hex((*s)[1]);
		if (low < 0)
			return 0;
		*s += 2;
		c = (char)(high << 4 | low);
		if (c == '.')
			return 0;
	}
	return is_name(c) ? c : 0;
}

/*
 * Takes "/segment" from *s. Where nothing or "." is between the slashes nothing is
 * added: so apt spells repositories without dists.
 */
static bool segment(struct path *p, const char **s)
{
	char *const name = p->plain + p->len;
	size_t len = 0;
	const char *from;

	for (from = ++*s; **s && **s != '/';) {
		const char c = next_char(s);

		if (!c)
			return false;
		name[len++] = c;
	}
	if (**s == '/' && (len == 0 || (len == 1 && *from == '.')))
		return true;
	if (p->n == SEGMENTS_MAX || len == 0 || len > 255 ||
		(name[0] == '.' && len == 1) ||
		(len == 2 && memcmp(name, "..", 2) == 0))
		return false;
	name[len] = '\0';
	p->segment[p->n++] = name;
	p->len += len + 1;
	if (!put_url(p, '/'))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!put_url(p, name[i]))
			return false;
	return true;
}

static bool has_suffix(const char *s, const char *suffix)
{
	const size_t n = strlen(s), m = strlen(suffix);

	return n > m && strcmp(s + n - m, suffix) == 0;
}

static bool has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* by-hash/ALGO/HEX at the end. */
static bool by_hash(const struct path *p, struct target *t)
{
	static const struct {
		const char *algo;
		size_t len;
	} algos[] = { { "MD5Sum", 32 }, { "SHA1", 40 }, { "SHA256", 64 },
		{ "SHA512", 128 } };
	const char *const *end = p->segment + p->n;
	size_t len;

	if (p->n < 3 || strcmp(end[-3], "by-hash") != 0)
		return false;
	len = strspn(end[-1], "0123456789abcdef");
	for (size_t i = 0; i < sizeof(algos) / sizeof(*algos); i++)
		if (strcmp(end[-2], algos[i].algo) == 0 && len == algos[i].len &&
			end[-1][len] == '\0') {
			memcpy(t->algo, end[-2], strlen(end[-2]) + 1);
			memcpy(t->hash, end[-1], len + 1);
			return true;
		}
	return false;
}

/* NAME, or NAME.EXT as it is compressed, or NAME.diff as a folder has it. */
static bool is_list(const char *s, const char *name)
{
	const size_t n = strlen(name);

	return strncmp(s, name, n) == 0 && (s[n] == '\0' || s[n] == '.');
}

static bool is_archive_file(const char *s)
{
	static const char *const names[] = { "InRelease", "Release", "Release.gpg",
		"Index" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(s, names[i]) == 0)
			return true;
	return is_list(s, "Packages") || is_list(s, "Sources") ||
	       has_prefix(s, "Translation-") || is_list(s, "Contents") ||
	       has_prefix(s, "Contents-");
}

static bool in_layout(const struct path *p, const struct target *t)
{
	const char *last = p->segment[p->n - 1];

	for (size_t i = 0; i + 1 < p->n; i++) {
		const char *s = p->segment[i];

		if (strcmp(s, "dists") == 0 || strcmp(s, "pool") == 0 ||
			has_prefix(s, "pool-") || strcmp(s, "dep11") == 0 ||
			(has_suffix(s, ".diff") && is_archive_file(s)))
			return true;
	}
	return t->package || t->hashed || is_archive_file(last);
}

static bool beneath_pool(const struct path *p)
{
	for (size_t i = 0; i + 1 < p->n; i++)
		if (strcmp(p->segment[i], "pool") == 0 ||
			has_prefix(p->segment[i], "pool-"))
			return true;
	return false;
}

static enum refusal path_parse(const char *s, struct target *t)
{
	struct path p = { .url = t->url + strlen(t->url),
		.url_end = t->url + sizeof(t->url) };
	const char *last;

	if (strchr(s, '?'))
		return REFUSE_QUERY;
	if (strchr(s, '#'))
		return REFUSE_FRAGMENT;
	while (*s == '/')
		if (!segment(&p, &s))
			return REFUSE_PATH;
	if (*s || p.n == 0)
		return REFUSE_PATH;
	*p.url = '\0';
	last = p.segment[p.n - 1];
	t->package = has_suffix(last, ".deb") || has_suffix(last, ".udeb");
	t->pool = beneath_pool(&p);
	t->hashed = by_hash(&p, t);
	memcpy(t->kept, t->url, sizeof(t->kept));
	return in_layout(&p, t) ? ALLOWED : REFUSE_LAYOUT;
}

/* --- the whole of it --- */

static enum refusal server(const char *s, size_t len, struct target *t)
{
	if (memchr(s, '@', len))
		return REFUSE_USERINFO;
	if (!host_parse(s, len, t->host))
		return REFUSE_HOST;
	memcpy(t->url, "http://", 7);
	memcpy(t->url + 7, t->host, strlen(t->host) + 1);
	return ALLOWED;
}

enum refusal target_parse(const char *raw, const char *host, struct target *t)
{
	enum refusal r;
	size_t len;

	memset(t, 0, sizeof(*t));
	if (strlen(raw) > URL_MAX_LEN)
		return REFUSE_PATH;
	if (raw[0] == '/') {
		if (!host)
			return REFUSE_FORM;
		r = server(host, strlen(host), t);
		return r == ALLOWED ? path_parse(raw, t) : r;
	}
	if (strncasecmp(raw, "http://", 7) != 0)
		return strstr(raw, "://") ? REFUSE_SCHEME : REFUSE_FORM;
	raw += 7;
	len = strcspn(raw, "/?#");
	r = server(raw, len, t);
	return r == ALLOWED ? path_parse(raw + len, t) : r;
}

void target_inside(struct target *t)
{
	memcpy(t->kept, "priv", 4); /* for "http": no other URL is kept so */
}
