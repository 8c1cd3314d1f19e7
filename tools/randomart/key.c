// SPDX-License-Identifier: MIT
#include "key.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * The fields of a key, a letter each: m an integer, M the one that has the
 * key's size, c the curve's name, p a point on it, k 32 bytes, a the
 * application of a security key.
 */
struct keytype {
	const char *plain;
	const char *cert;
	const char *label;
	const char *fields;
	const char *curve;
	unsigned bits;
};

static const struct keytype types[] = {
	{ "ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", "ED25519", "k", NULL,
		256 },
	{ "ssh-rsa", "ssh-rsa-cert-v01@openssh.com", "RSA", "mM", NULL, 0 },
	{ "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ECDSA",
		"cp", "nistp256", 256 },
	{ "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384-cert-v01@openssh.com", "ECDSA",
		"cp", "nistp384", 384 },
	{ "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521-cert-v01@openssh.com", "ECDSA",
		"cp", "nistp521", 521 },
	{ "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com",
		"ED25519-SK", "ka", NULL, 256 },
	{ "sk-ecdsa-sha2-nistp256@openssh.com",
		"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "ECDSA-SK", "cpa",
		"nistp256", 256 },
	{ "ssh-dss", "ssh-dss-cert-v01@openssh.com", "DSA", "Mmmm", NULL, 0 },
};

/* What is left to read. */
struct span {
	const uint8_t *p;
	size_t n;
};

static bool same(const struct span *s, const char *word)
{
	return s->n == strlen(word) && memcmp(s->p, word, s->n) == 0;
}

static const struct keytype *find(const struct span *name, bool *cert)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (!same(name, types[i].plain) && !same(name, types[i].cert))
			continue;
		*cert = same(name, types[i].cert);
		return &types[i];
	}
	return NULL;
}

bool key_is_type(const char *word, size_t n)
{
	struct span s = { (const uint8_t *)word, n };
	bool cert;

	return find(&s, &cert) != NULL;
}

void key_label(const struct key *k, char label[24])
{
	snprintf(label, 24, "%s%s", k->type->label, k->cert ? "-CERT" : "");
}

static int take(struct span *in, size_t n, struct span *out)
{
	if (n > in->n)
		return -EBADMSG;
	*out = (struct span){ in->p, n };
	in->p += n;
	in->n -= n;
	return 0;
}

static int take_string(struct span *in, struct span *out)
{
	struct span length;
	uint32_t n;

	if (take(in, 4, &length) < 0)
		return -EBADMSG;
	memcpy(&n, length.p, 4);
	return take(in, be32toh(n), out);
}

static void put(struct key *k, const void *p, size_t n)
{
	memcpy(k->plain + k->plain_len, p, n);
	k->plain_len += n;
}

static void put_string(struct key *k, const struct span *s)
{
	uint32_t n = htobe32((uint32_t)s->n);

	put(k, &n, 4);
	put(k, s->p, s->n);
}

/*
 * An integer is hashed in its shortest form, whatever came in, so nothing ever
 * grows. A negative one is refused.
 */
static int put_integer(struct key *k, struct span s, bool gives_bits)
{
	if (s.n > 0 && s.p[0] & 0x80)
		return -EBADMSG;
	while (s.n > 1 && s.p[0] == 0 && !(s.p[1] & 0x80)) {
		s.p++;
		s.n--;
	}
	if (s.n == 1 && s.p[0] == 0)
		s.n = 0;
	if (gives_bits) {
		struct span top = s;

		if (top.n > 0 && top.p[0] == 0) {
			top.p++;
			top.n--;
		}
		if (top.n == 0)
			return -EBADMSG;
		k->bits =
			(unsigned)top.n * 8 - ((unsigned)__builtin_clz(top.p[0]) - 24);
	}
	put_string(k, &s);
	return 0;
}

static int copy_field(struct key *k, struct span *in, char field)
{
	struct span s;

	if (take_string(in, &s) < 0)
		return -EBADMSG;
	if (field == 'm' || field == 'M')
		return put_integer(k, s, field == 'M');
	if (field == 'k' && s.n != 32)
		return -EBADMSG;
	if (field == 'c' && !same(&s, k->type->curve))
		return -EBADMSG;
	/* Points come uncompressed: a 4 and both coordinates. */
	if (field == 'p' && (s.n != 1 + (k->type->bits + 7) / 8 * 2 || s.p[0] != 4))
		return -EBADMSG;
	put_string(k, &s);
	return 0;
}

/*
 * After a certificate's key: serial, role, id, principals, from, until, critical
 * options, extensions, reserved, the signer's key and the signature.
 */
static int skip_certificate(struct span *in)
{
	struct span s;

	for (const char *f = "8 4 s s 8 8 s s s s s"; *f; f++) {
		if (*f == ' ')
			continue;
		if (*f == 's' ? take_string(in, &s) < 0
			      : take(in, (size_t)(*f - '0'), &s) < 0)
			return -EBADMSG;
	}
	return 0;
}

int key_parse(struct key *k, const char *type, size_t type_len, const uint8_t *blob,
	size_t len, uint8_t *room)
{
	struct span in = { blob, len };
	struct span name, nonce;

	*k = (struct key){ .plain = room };
	if (take_string(&in, &name) < 0 || name.n != type_len ||
		memcmp(name.p, type, type_len) != 0 ||
		!(k->type = find(&name, &k->cert)))
		return -EBADMSG;
	if (k->cert && take_string(&in, &nonce) < 0)
		return -EBADMSG;
	k->bits = k->type->bits;
	put_string(k, &(struct span){ (const uint8_t *)k->type->plain,
			      strlen(k->type->plain) });
	for (const char *f = k->type->fields; *f; f++)
		if (copy_field(k, &in, *f) < 0)
			return -EBADMSG;
	if (k->cert && skip_certificate(&in) < 0)
		return -EBADMSG;
	return in.n ? -EBADMSG : 0;
}
