// SPDX-License-Identifier: MIT
/* apt.c - where packages come from, in curtin's words. */
#include "apt.h"

#include "base64.h"
#include "beneath.h"
#include "cleanup.h"

#include <stdint.h>
#include <string.h>

enum { KEY_MAX = 65536, LINE = 64 };

/* A line of the body of an armoured key: base64, or "=" and the sum in it. */
static bool armour_line(const char *s, size_t n)
{
	return n && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			      "0123456789+/=") >= n;
}

/* The body of the first key in it, without what somebody wrote above it; NULL: none. */
static char *armoured(struct pool *pool, const char *data)
{
	static const char first[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
	const char *s = strstr(data, first);
	bool body = false;
	struct text t;

	if (!s)
		return NULL;
	text_open(&t);
	for (s = strchrnul(s, '\n'); *s; s += strcspn(s, "\n")) {
		size_t n = strcspn(++s, "\n");
		size_t len = n && s[n - 1] == '\r' ? n - 1 : n;

		if (strncmp(s, "-----END ", 9) == 0)
			break;
		body = body || !len;
		if (body && armour_line(s, len))
			fprintf(t.f, " %.*s\n", (int)len, s);
	}
	return text_close(&t, pool);
}

/* RFC 9580, 6.1 */
static uint32_t crc24(const unsigned char *s, size_t n)
{
	uint32_t crc = 0xb704ce;

	for (; n; n--) {
		crc ^= (uint32_t)*s++ << 16;
		for (int i = 0; i < 8; i++)
			crc = crc & 0x800000 ? (crc << 1 ^ 0x864cfb) & 0xffffff
					     : crc << 1 & 0xffffff;
	}
	return crc;
}

static char *armour(struct pool *pool, const char *data, size_t len)
{
	const uint32_t crc = crc24((const unsigned char *)data, len);
	const unsigned char sum[3] = { (unsigned char)(crc >> 16),
		(unsigned char)(crc >> 8), (unsigned char)crc };
	struct text whole, t;
	char *all;

	base64_write(data, len, text_open(&whole));
	all = text_close(&whole, pool);
	text_open(&t);
	for (size_t n; (n = strnlen(all, LINE)); all += n)
		fprintf(t.f, " %.*s\n", (int)n, all);
	fputs(" =", t.f);
	base64_write(sum, sizeof(sum), t.f);
	fputc('\n', t.f);
	return text_close(&t, pool);
}

/* The key in a field of deb822's, or NULL after saying what is wrong. */
static char *signed_by(struct plan *p, const struct setting *s, const char *file)
{
	_cleanup_free_ char *data = NULL;
	char *body = NULL;
	size_t len = 0;
	int err = beneath_read(p->recipe->dir, file, KEY_MAX, &data, &len);

	if (err < 0) {
		complain(p->recipe, s->from, "repository: %s: %s", file,
			beneath_reason(err));
		return NULL;
	}
	/* the tag of a public key packet */
	if (len && strchr("\x98\x99\xc6", data[0]))
		body = armour(p->pool, data, len);
	else
		body = armoured(p->pool, data);
	if (!body || !*body) {
		complain(p->recipe, s->from, "repository: %s: is no OpenPGP public key",
			file);
		return NULL;
	}
	return pool_printf(p->pool,
		"Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n%s"
		" -----END PGP PUBLIC KEY BLOCK-----\n",
		body);
}

/* In one line: the release's installer knows no other form. */
static char *one_line(struct plan *p, const struct setting *s, bool key)
{
	if (key) {
		complain(p->recipe, s->from,
			"repository: key=: the installer of %s would trust it for all "
			"sources; noble's and later ones do not",
			p->release->codename);
		return NULL;
	}
	return pool_printf(p->pool, "deb %s", recipe_join(p->pool, s->word));
}

static char *stanza(struct plan *p, const struct setting *s, bool key)
{
	const size_t last = s->words - key;
	const char *by = "";
	struct text t;

	if (key && !(by = signed_by(p, s, s->word[s->words - 1] + strlen("key="))))
		return NULL;
	text_open(&t);
	fprintf(t.f, "Types: deb\nURIs: %s\nSuites: %s\n", s->word[0], s->word[1]);
	if (last > 2)
		fputs("Components:", t.f);
	for (size_t i = 2; i < last; i++)
		fprintf(t.f, " %s", s->word[i]);
	fprintf(t.f, "%s%s", last > 2 ? "\n" : "", by);
	return text_close(&t, p->pool);
}

void apt_make(struct apt *a, struct plan *p)
{
	*a = (struct apt){ 0 };
	for (const struct setting *s = NULL;
		(s = recipe_next(p->recipe, K_REPOSITORY, s));) {
		bool key = strncmp(s->word[s->words - 1], "key=", 4) == 0;
		const char *source;

		if (a->n == APT_SOURCES) {
			complain(p->recipe, s->from, "repository: more than %d",
				APT_SOURCES);
			return;
		}
		source = p->release->first_form ? one_line(p, s, key) : stanza(p, s, key);
		if (source)
			a->source[a->n++] = source;
	}
}

/* A list of one URL, for all architectures where curtin asks. */
static void url(struct out *o, const char *key, const char *uri, bool arches)
{
	out_text(o, key);
	out_list(o, false);
	out_map(o, true);
	if (arches) {
		out_text(o, "arches");
		out_list(o, true);
		out_text(o, "default");
		out_end(o);
	}
	out_pair(o, "uri", uri);
	out_end(o);
	out_end(o);
}

/* A mirror that fails is an error, not an installation from the medium alone. */
static void mirror(const struct plan *p, struct out *o)
{
	if (p->release->first_form) {
		url(o, "primary", plan_get(p, "mirror"), true);
		return;
	}
	out_text(o, "mirror-selection");
	out_map(o, false);
	url(o, "primary", plan_get(p, "mirror"), false);
	out_end(o);
	out_pair(o, "fallback", "abort");
}

static void security(const struct plan *p, struct out *o)
{
	const char *host = plan_get(p, "security");
	const char *dir = strrchr(release_mirror(p->of, p->arch), '/');

	if (*host) {
		url(o, "security", pool_printf(p->pool, "http://%s%s", host, dir), true);
		return;
	}
	out_text(o, "disable_suites");
	out_list(o, true);
	out_text(o, "security");
	out_end(o);
}

void apt_write(const struct apt *a, const struct plan *p, struct out *o)
{
	out_map(o, false);
	out_pair_bool(o, "geoip", false);
	mirror(p, o);
	security(p, o);
	if (a->n) {
		out_text(o, "sources");
		out_map(o, false);
	}
	for (size_t i = 0; i < a->n; i++) {
		out_text(o, pool_printf(p->pool, "recipe-%zu.%s", i + 1,
				    p->release->first_form ? "list" : "sources"));
		out_map(o, false);
		out_pair(o, "source", a->source[i]);
		out_end(o);
	}
	if (a->n)
		out_end(o);
	out_end(o);
}
