// SPDX-License-Identifier: MIT
/* password.c - passwords that all may read, and hashes that fit none. */
#include "check.h"

#include <crypt.h>
#include <string.h>

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

#define CRYPT64 "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* crypt(5): what the parts of a hash may be. */
struct kind {
	const char *prefix;
	unsigned salt; /* at most; 0: of any length */
	unsigned hash; /* characters after the last dollar */
	bool rounds;   /* rounds=N$ may come first */
	bool quick;    /* to break */
};

static const struct kind kinds[] = { { "$1$", 8, 22, false, true },
	{ "$5$", 16, 43, true, false }, { "$6$", 16, 86, true, false },
	{ "$y$", 0, 43, false, false }, { "$gy$", 0, 43, false, false },
	{ "$7$", 0, 43, false, false }, { "$2a$", 0, 53, false, false },
	{ "$2b$", 0, 53, false, false }, { "$2y$", 0, 53, false, false } };

static const struct kind *kind_of(const char *s)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strncmp(s, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
			return &kinds[i];
	return NULL;
}

/* What is wrong with the parts of a hash; NULL: nothing. *at, *len: of what. */
static const char *part_fault(
	struct check *c, const struct kind *k, const char *s, size_t *at, size_t *len)
{
	const char *last = strrchr(s, '$'), *salt = s + strlen(k->prefix);
	size_t n = strlen(last + 1), good = strspn(last + 1, CRYPT64);

	*at = (size_t)(last + 1 - s);
	*len = n;
	if (good < n) {
		*at += good;
		*len = 1;
		return pool_printf(c->pool, "%c is in no hash", last[1 + good]);
	}
	if (n != k->hash)
		return pool_printf(c->pool,
			"the hash has %zu characters after its last $, not %u", n,
			k->hash);
	if (k->rounds && strncmp(salt, "rounds=", 7) == 0) {
		if (salt[7 + strspn(salt + 7, "0123456789")] != '$' || salt[7] == '$') {
			*at = (size_t)(salt - s);
			*len = strcspn(salt, "$");
			return "rounds= wants a number";
		}
		salt += strcspn(salt, "$") + 1;
	}
	if (!k->salt)
		return NULL;
	*at = (size_t)(salt - s);
	*len = salt < last ? (size_t)(last - salt) : 0;
	if (salt >= last)
		return "the hash has no salt";
	if (*len > k->salt)
		return pool_printf(c->pool,
			"the salt has %zu characters, and crypt(3) takes %u", *len,
			k->salt);
	return memchr(salt, '$', *len) || memchr(salt, ':', *len)
		       ? "the salt has a character that no salt has"
		       : NULL;
}

/* Dollars that a shell or an editor was to leave alone. */
static bool escaped(struct check *c, const struct answer *a)
{
	const char *s = a->value.s;
	char *right, *to;

	if (!strstr(s, "\\$"))
		return false;
	right = to = pool_strdup(c->pool, s);
	for (const char *p = s; *p; p++)
		if (*p != '\\')
			*to++ = *p;
	*to = '\0';
	found(c, a, a->value.at, strlen(s), LEVEL_ERROR, R_PASSWORD_HASH,
		"not a hash of crypt(3): nobody will get in; the backslashes are part "
		"of "
		"the answer");
	mend(c, a, a->value.at, strlen(s), right);
	return true;
}

/* DES: 13 characters, or 20 of which _ is the first. */
static bool des(const char *s)
{
	size_t n = strlen(s);

	return (n == 13 && s[strspn(s, CRYPT64)] == '\0') ||
	       (n == 20 && *s == '_' && s[1 + strspn(s + 1, CRYPT64)] == '\0');
}

static void hash(struct check *c, const struct answer *a)
{
	const char *s = a->value.s, *why = NULL;
	size_t len = strlen(s), at = 0, n = 0;
	const struct kind *k;
	int valid;

	/* no password fits these; a locked hash begins so, too */
	while (*s == '!' || *s == '*')
		s++;
	if (!*s || (len && strchr(a->value.s, ' ') == NULL && s > a->value.s))
		return;
	/* of Grub's own kind, not crypt(3)'s */
	if (strncmp(a->question.s, "grub-installer/", 15) == 0) {
		if (strncmp(s, "grub.pbkdf2.", 12) != 0 && strncmp(s, "$1$", 3) != 0)
			found(c, a, a->value.at, len, LEVEL_ERROR, R_PASSWORD_HASH,
				"not a hash that grub-mkpasswd-pbkdf2 makes");
		return;
	}
	if (escaped(c, a))
		return;
	if (strchr(s, ' ') || (s[0] != '$' && !des(s))) {
		found(c, a, a->value.at, len, LEVEL_ERROR, R_PASSWORD_HASH,
			"not a hash of crypt(3): nobody will get in (mkpasswd makes "
			"one)");
		return;
	}
	k = kind_of(s);
	why = k ? part_fault(c, k, s, &at, &n) : NULL;
	valid = crypt_checksalt(s);
	if (why)
		found(c, a, a->value.at + at, n ? n : 1, LEVEL_ERROR, R_PASSWORD_HASH,
			"%s: nobody will get in", why);
	else if (valid == CRYPT_SALT_INVALID || valid == CRYPT_SALT_METHOD_DISABLED)
		found(c, a, a->value.at, len, LEVEL_ERROR, R_PASSWORD_HASH,
			"crypt(3) knows no such hash: nobody will get in");
	else if (!k || k->quick)
		found(c, a, a->value.at, len, LEVEL_WARNING, R_PASSWORD_HASH,
			"a hash of a kind that is quickly broken; mkpasswd -m yescrypt "
			"makes better ones");
}

/* The same question without -again. */
static void again(struct check *c, const struct answer *a)
{
	char *first = pool_strndup(c->pool, a->question.s, strlen(a->question.s) - 6);
	const struct answer *b = answer_find(c, first);

	if (!b || strcmp(a->value.s, b->value.s) != 0)
		found(c, a, a->question.at, strlen(a->question.s), LEVEL_ERROR,
			R_PASSWORD_CLEAR, "%s is not what %s says: the installer asks",
			a->question.s, first);
}

void check_password(struct check *c, const struct answer *a)
{
	bool password = (a->q && a->q->type == QT_PASSWORD) ||
			strcmp(a->type.s, "password") == 0;

	if (!password || a->seen || !*a->value.s || placeholder(a->value.s))
		return;
	if (marked(c, a) && strchr(a->question.s, '_') == NULL &&
		ends_with(a->question.s, "-crypted"))
		return;
	if (ends_with(a->question.s, "-crypted") ||
		ends_with(a->question.s, "_crypted")) {
		hash(c, a);
		return;
	}
	if (ends_with(a->question.s, "-again"))
		again(c, a);
	else
		found(c, a, a->value.at, strlen(a->value.s), LEVEL_WARNING,
			R_PASSWORD_CLEAR,
			"a password that all who read this file know%s",
			strncmp(a->question.s, "passwd/", 7) == 0
				? "; the question with -crypted takes its hash"
				: "");
}
