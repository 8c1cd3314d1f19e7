/* password.c - passwords that all may read, and hashes that fit none. */
#include "check.h"

#include <crypt.h>
#include <string.h>

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

/* How long the hash itself is, after the last dollar; 0: of any length. */
static size_t hash_length(const char *s)
{
	static const struct {
		const char *prefix;
		size_t len;
	} kinds[] = { { "$1$", 22 }, { "$5$", 43 }, { "$6$", 86 }, { "$y$", 43 },
		{ "$gy$", 43 }, { "$7$", 43 }, { "$2a$", 53 }, { "$2b$", 53 },
		{ "$2y$", 53 } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strncmp(s, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
			return kinds[i].len;
	return 0;
}

static void hash(struct check *c, const struct answer *a)
{
	const char *s = a->value.s, *last = strrchr(s, '$');
	size_t len = strlen(s), want = hash_length(s);
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
	if (strchr(s, ' ') || (s[0] != '$' && len != 13)) {
		found(c, a, a->value.at, len, LEVEL_ERROR, R_PASSWORD_HASH,
			"not a hash of crypt(3): nobody will get in (mkpasswd makes "
			"one)");
		return;
	}
	valid = crypt_checksalt(s);
	if (valid == CRYPT_SALT_INVALID || valid == CRYPT_SALT_METHOD_DISABLED)
		found(c, a, a->value.at, len, LEVEL_ERROR, R_PASSWORD_HASH,
			"crypt(3) knows no such hash: nobody will get in");
	else if (want && (!last || strlen(last + 1) != want))
		found(c, a, a->value.at, len, LEVEL_ERROR, R_PASSWORD_HASH,
			"the hash has %zu characters after its last $, not %zu: nobody "
			"will get in",
			last ? strlen(last + 1) : 0, want);
	else if (valid == CRYPT_SALT_METHOD_LEGACY || !want || want == 22)
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
