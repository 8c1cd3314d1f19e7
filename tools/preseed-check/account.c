// SPDX-License-Identifier: MIT
/* account.c - users, as user-setup takes them, and passphrases. */
#include "check.h"

#include <string.h>

#define SMALL  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

enum { LONGEST_NAME = 32, SHORTEST_PASSPHRASE = 8 };

static bool is(struct check *c, const char *question, const char *value)
{
	const char *said = value_said(c, question);

	return said && strcmp(said, value) == 0;
}

bool user_forced(struct check *c)
{
	const char *password = value_said(c, "passwd/root-password");
	const char *hash = value_said(c, "passwd/root-password-crypted");

	/* without root's password there must be one who can become root */
	return is(c, "passwd/root-login", "false") ||
	       (password && !*password && (!hash || !*hash || strcmp(hash, "!") == 0));
}

bool makes_user(struct check *c)
{
	return user_forced(c) || !is(c, "passwd/make-user", "false");
}

const char *user_from_name(struct check *c)
{
	const char *full = value_said(c, "passwd/user-fullname");
	size_t n = full ? strcspn(full, " ") : 0;
	char *name = pool_strndup(c->pool, full ? full : "", n);

	for (char *p = name; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	return *name && strchr(SMALL, *name) && !name[strspn(name, SMALL DIGITS "-")]
		       ? name
		       : NULL;
}

static void user_name(struct check *c, const struct answer *a)
{
	const char *v = a->value.s;
	size_t n = strlen(v);

	if (!n || !makes_user(c))
		return;
	if (!strchr(SMALL, *v) || v[strspn(v, SMALL DIGITS "-_")])
		found(c, a, a->value.at, n, LEVEL_ERROR, R_ACCOUNT,
			"%s is no user name: small letters, digits, - and _, a letter "
			"first; the installer asks again",
			v);
	else if (n > LONGEST_NAME)
		found(c, a, a->value.at, n, LEVEL_ERROR, R_ACCOUNT,
			"%s is no user name: longer than 32 characters; the installer "
			"asks again",
			v);
	else if (c->index->users ? qindex_user(c->index, v) : strcmp(v, "root") == 0)
		found(c, a, a->value.at, n, LEVEL_ERROR, R_ACCOUNT,
			"%s is a name that the system has for itself; the installer "
			"asks again",
			v);
}

static void user_id(struct check *c, const struct answer *a)
{
	const char *v = a->value.s;

	if (v[strspn(v, DIGITS)] || strlen(v) > 9)
		found(c, a, a->value.at, strlen(v), LEVEL_ERROR, R_ACCOUNT,
			"%s is no number: the user is not made", v);
}

static void passphrase(struct check *c, const struct answer *a)
{
	if (*a->value.s && strlen(a->value.s) < SHORTEST_PASSPHRASE &&
		!is(c, "partman-crypto/weak_passphrase", "true"))
		found(c, a, a->value.at, strlen(a->value.s), LEVEL_ERROR, R_ACCOUNT,
			"shorter than 8 characters: the installer asks whether that is "
			"meant (d-i partman-crypto/weak_passphrase boolean true)");
}

void check_account(struct check *c, const struct answer *a)
{
	const char *q = a->question.s;

	if (a->seen || filled_in(c, a->value.s) || marked(c, a))
		return;
	if (strcmp(q, "passwd/username") == 0)
		user_name(c, a);
	else if (strcmp(q, "passwd/user-uid") == 0)
		user_id(c, a);
	else if (strcmp(q, "partman-crypto/passphrase") == 0)
		passphrase(c, a);
}
