// SPDX-License-Identifier: MIT
/*
 * checks.c - what each line of a recipe must be.
 *
 * A check may put its words into their normal form: a release's number becomes
 * its name, a mirror is spelt in one way.
 */
#include "checks.h"

#include "nearest.h"
#include "net.h"
#include "platform.h"
#include "recipe.h"
#include "release.h"
#include "values.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t MB = 1ULL << 20, TB = 1ULL << 40;

/* One of a few words. */
static bool one_of(const char *s, const char *const *choice, struct why *why)
{
	for (size_t i = 0; choice[i]; i++)
		if (strcmp(s, choice[i]) == 0)
			return true;
	for (size_t i = 0; choice[i]; i++) {
		unsigned d = edit_distance(s, choice[i]);

		if (near_enough(s, d))
			return refuse(
				why, "%.80s: no such; did you mean %s?", s, choice[i]);
	}
	return refuse(why, "%.80s: no such; the first of those there are is %s", s,
		choice[0]);
}

bool check_hostname(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	return label_ok(s->word[0], why);
}

bool check_domain(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	return domain_ok(s->word[0], why);
}

bool check_release(struct setting *s, struct pool *p, struct why *why)
{
	const struct release *r = release_find(s->word[0]);
	char names[160];

	if (!r) {
		release_names(names, sizeof(names), NULL);
		return refuse(why, "%.80s: no such; known are %s", s->word[0], names);
	}
	s->word[0] = pool_strdup(p, r->codename);
	return true;
}

bool check_architecture(struct setting *s, struct pool *p, struct why *why)
{
	const struct platform *a = platform_find(s->word[0]);
	char names[128];

	if (!a || !a->kernel) {
		platform_names(names, sizeof(names), false);
		return refuse(why, "%.80s: no such; known are %s", s->word[0], names);
	}
	s->word[0] = pool_strdup(p, a->name);
	return true;
}

bool check_locale(struct setting *s, struct pool *p, struct why *why)
{
	const char *known = locale_known(s->word[0]);

	if (!known)
		return refuse(why,
			"%.80s: is no locale of the installer, such as de_DE.UTF-8",
			s->word[0]);
	s->word[0] = pool_strdup(p, known);
	return true;
}

bool check_language(struct setting *s, struct pool *p, struct why *why)
{
	size_t n = strspn(s->word[0], LOWER);
	const char *rest = s->word[0] + n;

	(void)p;
	if (strcmp(s->word[0], "C") == 0)
		return true;
	if (n < 2 || n > 3 ||
		(*rest && (*rest != '_' || strlen(rest) != 3 ||
				  !made_of(rest + 1, UPPER))))
		return refuse(
			why, "%.80s: is no language, such as de or pt_BR", s->word[0]);
	return true;
}

bool check_country(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	if (strlen(s->word[0]) != 2 || !made_of(s->word[0], UPPER))
		return refuse(why, "%.80s: is no country, such as DE", s->word[0]);
	return true;
}

bool check_keyboard(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	if (!keymap_known(s->word[0]))
		return refuse(why,
			"%.80s: is no keymap of the installer, such as us, de "
			"or ch(fr)",
			s->word[0]);
	return true;
}

bool check_timezone(struct setting *s, struct pool *p, struct why *why)
{
	if (!zone_ok(s->word[0], why))
		return false;
	s->word[0] = pool_strdup(p, zone_known(s->word[0]));
	return true;
}

bool check_mirror(struct setting *s, struct pool *p, struct why *why)
{
	char *url;

	if (!url_ok(s->word[0], why))
		return false;
	url = pool_strdup(p, s->word[0]);
	s->word[0] = url;
	return url_normal(url, why);
}

bool check_proxy(struct setting *s, struct pool *p, struct why *why)
{
	return strcmp(s->word[0], "none") == 0 || check_mirror(s, p, why);
}

bool check_security(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	return strcmp(s->word[0], "none") == 0 || domain_ok(s->word[0], why);
}

bool check_disk(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	return size_ok(s->word[0], 1536 * MB, 64 * TB, why);
}

bool check_memory(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	return size_ok(s->word[0], 512 * MB, 4 * TB, why);
}

bool check_swap(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	return strcmp(s->word[0], "none") == 0 || size_ok(s->word[0], 16 * MB, TB, why);
}

bool check_cpus(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	return number_ok(s->word[0], 1, 255, why);
}

bool check_firmware(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	return one_of(s->word[0], (const char *const[]){ "bios", "uefi", NULL }, why);
}

bool check_filesystem(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	return one_of(
		s->word[0], (const char *const[]){ "ext4", "xfs", "btrfs", NULL }, why);
}

bool check_kernel(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	/* which of these a distribution has is looked at when it is known */
	if (strncmp(s->word[0], "linux-", 6) == 0)
		return package_ok(s->word[0], why);
	return one_of(
		s->word[0], (const char *const[]){ "cloud", "generic", NULL }, why);
}

bool check_cmdline(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	/* It ends up in a shell file, /etc/default/grub, between double quotes. */
	for (size_t i = 0; i < s->words; i++)
		if (!made_of(s->word[i], LOWER UPPER DIGITS "_-=.,:;/+@%[]!"))
			return refuse(why,
				"%.80s: has a character that no kernel "
				"parameter wants",
				s->word[i]);
	return true;
}

bool check_layout(struct setting *s, struct pool *p, struct why *why)
{
	static const char *const named[] = { "regular", "lvm", "home", "multi",
		"expert", NULL };

	(void)p;
	if (!one_of(s->word[0], named, why))
		return false;
	if (strcmp(s->word[0], "expert") == 0)
		return s->words > 1 ||
		       refuse(why,
			       "expert wants partman's recipe, or the file it is in");
	return s->words == 1 ||
	       refuse(why, "%.80s: %s wants nothing more", s->word[1], s->word[0]);
}

bool check_like(struct setting *s, struct pool *p, struct why *why)
{
	size_t n = strlen(s->word[0]);

	if (n > 7 && strcmp(s->word[0] + n - 7, ".recipe") == 0)
		s->word[0] = pool_strndup(p, s->word[0], n - 7);
	return label_ok(s->word[0], why);
}

bool check_network(struct setting *s, struct pool *p, struct why *why)
{
	struct net n;

	return net_parse(&n, s->word, p, why);
}

bool check_key(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	return ssh_key_ok(s->word[0], why);
}

static bool check_user_option(const char *o, struct why *why)
{
	if (strcmp(o, "sudo") == 0)
		return true;
	if (strncmp(o, "key=", 4) == 0)
		return ssh_key_ok(o + 4, why);
	if (strncmp(o, "shell=", 6) == 0)
		return target_ok(o + 6, why) &&
		       (made_of(o + 6, LOWER UPPER DIGITS "/_.+-") ||
			       refuse(why, "%.80s: is no shell", o + 6));
	if (strncmp(o, "password=", 9) == 0) {
		if (o[9] == '$' && strlen(o) > 20 && strlen(o) < 300 &&
			made_of(o + 9, LOWER UPPER DIGITS "$./=,_-"))
			return true;
		return refuse(why,
			"password: wants a hash as mkpasswd makes it, $y$... "
			"or $6$..., never the password itself");
	}
	return refuse(why, "%.80s: wants sudo, key=, password= or shell=", o);
}

bool check_user(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	if (!user_ok(s->word[0], why))
		return false;
	for (size_t i = 1; i < s->words; i++)
		if (!check_user_option(s->word[i], why))
			return false;
	return true;
}

bool check_packages(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	for (size_t i = 0; i < s->words; i++)
		if (!package_ok(s->word[i], why))
			return false;
	return true;
}

/* [deb] URL SUITE [COMPONENT...] [key=FILE]; deb is dropped, key goes last. */
bool check_repository(struct setting *s, struct pool *p, struct why *why)
{
	size_t keys_seen = 0;

	(void)p;
	if (strcmp(s->word[0], "deb") == 0) {
		s->word++;
		s->words--;
	}
	if (s->words < 2)
		return refuse(why, "wants URL SUITE [COMPONENT...] [key=FILE]");
	if (!url_ok(s->word[0], why))
		return false;
	for (size_t i = 1; i < s->words; i++) {
		if (strncmp(s->word[i], "key=", 4) == 0 && s->word[i][4]) {
			if (keys_seen++ || i + 1 != s->words || i < 2)
				return refuse(why, "key= comes once, and last");
		} else if (!made_of(s->word[i], LOWER UPPER DIGITS "/._~+-") ||
			   *s->word[i] == '-') {
			return refuse(
				why, "%.80s: is no suite or component", s->word[i]);
		}
	}
	if (s->words - keys_seen == 2 && s->word[1][strlen(s->word[1]) - 1] != '/')
		return refuse(
			why, "%.80s: wants a component after the suite", s->word[1]);
	return true;
}

static bool check_owner(const char *s, struct why *why)
{
	const char *colon = strchr(s, ':');
	size_t n = colon ? (size_t)(colon - s) : strlen(s);

	if (!n || n > 32 || strspn(s, LOWER DIGITS "_-") < n || *s == '-' ||
		(colon && (!made_of(colon + 1, LOWER DIGITS "_-") || colon[1] == '-' ||
				  strlen(colon + 1) > 32)))
		return refuse(why, "%.80s: is no USER or USER:GROUP", s);
	return true;
}

bool check_file(struct setting *s, struct pool *p, struct why *why)
{
	const char *mode = s->words > 2 ? s->word[2] : "0644";

	(void)p;
	if (!target_ok(s->word[1], why))
		return false;
	if (!made_of(mode, "01234567") || strlen(mode) < 3 || strlen(mode) > 4)
		return refuse(why, "%.80s: is no file mode, such as 0644", mode);
	return s->words < 4 || check_owner(s->word[3], why);
}

bool check_run(struct setting *s, struct pool *p, struct why *why)
{
	(void)p;
	return *s->word[0] || refuse(why, "no command");
}

bool check_answer(struct setting *s, struct pool *p, struct why *why)
{
	static const char *const types[] = { "string", "boolean", "select",
		"multiselect", "password", "note", "text", "error", "title", "seen",
		NULL };
	const char *q = s->word[1], *v = s->words > 3 ? s->word[3] : "";

	(void)p;
	if (strcmp(s->word[0], "d-i") != 0 && !package_ok(s->word[0], why))
		return false;
	if (!made_of(q, LOWER UPPER DIGITS "/_+.-") || !strchr(q, '/'))
		return refuse(why, "%.80s: is no question, such as time/zone", q);
	if (!one_of(s->word[2], types, why))
		return false;
	if (strcmp(q, "preseed/late_command") == 0)
		return refuse(
			why, "preseed/late_command: is preseed's; say run COMMAND");
	if (strncmp(q, "preseed/include", 15) == 0 ||
		strncmp(q, "preseed/run", 11) == 0)
		return refuse(why, "%s: a recipe is whole in itself", q);
	if (strncmp(q, "apt-setup/local", 15) == 0 && strchr(DIGITS, q[15]) && q[15])
		return refuse(why,
			"%s: cannot be answered; write: repository URL SUITE "
			"[COMPONENT...] [key=FILE]",
			q);
	if (strcmp(s->word[2], "boolean") == 0 && strcmp(v, "true") != 0 &&
		strcmp(v, "false") != 0)
		return refuse(why, "%.80s: is neither true nor false", v);
	/* The installer would take the next line for more of this one. */
	if (*v && v[strlen(v) - 1] == '\\')
		return refuse(why, "a value cannot end with a backslash");
	return true;
}

bool check_expect(struct setting *s, struct pool *p, struct why *why)
{
	static const char *const kinds[] = { "http", "tcp", "unit", "run", "file",
		NULL };
	const char *kind = s->word[0];
	size_t most = strcmp(kind, "http") == 0 ? 3 : 2;

	(void)p;
	if (!one_of(kind, kinds, why))
		return false;
	if (s->words < 2)
		return refuse(why, "%s wants %s", kind,
			most == 3		    ? "PORT [PATH]"
			: strcmp(kind, "tcp") == 0  ? "PORT"
			: strcmp(kind, "run") == 0  ? "COMMAND"
			: strcmp(kind, "file") == 0 ? "PATH"
						    : "NAME");
	if (s->words > most)
		return refuse(why, "%.80s: one word too many", s->word[most]);
	if (strcmp(kind, "run") == 0)
		return true;
	if (strcmp(kind, "file") == 0)
		return target_ok(s->word[1], why);
	if (strcmp(kind, "unit") == 0)
		return made_of(s->word[1], LOWER UPPER DIGITS ":-_.\\@") ||
		       refuse(why, "%.80s: is no unit", s->word[1]);
	if (!number_ok(s->word[1], 1, 65535, why))
		return false;
	return s->words < 3 ||
	       (*s->word[2] == '/' && made_of(s->word[2], LOWER UPPER DIGITS
					      "/._~+-%!$&'()*,;=:@?")) ||
	       refuse(why, "%.80s: is no path of a URL", s->word[2]);
}
