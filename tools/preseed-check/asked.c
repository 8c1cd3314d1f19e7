// SPDX-License-Identifier: MIT
/*
 * asked.c - questions that an unattended run would stop at.
 *
 * With which priority a question is asked is in the index where a script asks it.
 * Which of them an ordinary installation comes by, and what is asked by programs,
 * no index can tell: that is in the table below. What only some machines meet, a
 * second disk or missing firmware, is not in it.
 */
#include "check.h"
#include "layout.h"

#include <string.h>

enum phase {
	LATE,
	EARLY,	 /* before the network, unless the kernel is told auto */
	NETWORK, /* before a file could come over the network */
	ADDRESS, /* the same, and asked again where the network is set up again */
};

struct way {
	const char *question;
	const char *answers;	 /* any of these will do, see one_answers() */
	const char *when;	 /* see holds() */
	enum qpriority priority; /* where the index has none */
	enum phase phase;
	const char *line; /* what to write */
};

#define LVM    "partman-auto/method=lvm|crypto"
#define STATIC "netcfg/disable_autoconfig=true netcfg/enable!=false"
#define MIRROR "apt-setup/use_mirror!=false"
#define HTTP   MIRROR " mirror/protocol!=https|ftp"
#define USER   "@user"
#define ROOT   "passwd/root-password-crypted!=!"

static const struct way ways[] = {
	{ "localechooser/languagelist",
		"debian-installer/locale& debian-installer/language& "
		"localechooser/languagelist",
		"", QP_CRITICAL, EARLY,
		"d-i debian-installer/locale string en_US.UTF-8" },
	/* where either is said, the locale is not looked into for the other */
	{ "localechooser/languagelist",
		"debian-installer/language& localechooser/languagelist",
		"debian-installer/country debian-installer/locale", QP_CRITICAL, EARLY,
		"d-i debian-installer/language string en" },
	{ "debian-installer/country", "debian-installer/country&",
		"debian-installer/language", QP_CRITICAL, EARLY,
		"d-i debian-installer/country string US" },
	{ "debian-installer/country", "debian-installer/country&",
		"debian-installer/locale debian-installer/locale!~_", QP_CRITICAL,
		EARLY, "d-i debian-installer/country string US" },
	{ "keyboard-configuration/xkb-keymap", "keyboard-configuration/xkb-keymap", "",
		QP_CRITICAL, EARLY, "d-i keyboard-configuration/xkb-keymap select us" },
	{ "netcfg/get_hostname", "netcfg/get_hostname&", "netcfg/enable!=false",
		QP_HIGH, NETWORK, "d-i netcfg/get_hostname string NAME" },
	{ "netcfg/get_domain", "netcfg/get_domain",
		"netcfg/enable!=false netcfg/get_hostname!~.", QP_HIGH, NETWORK,
		"d-i netcfg/get_domain string DOMAIN" },
	{ "netcfg/get_ipaddress", "netcfg/get_ipaddress&", STATIC, QP_CRITICAL, ADDRESS,
		"d-i netcfg/get_ipaddress string ADDRESS" },
	{ "netcfg/get_netmask", "netcfg/get_netmask", STATIC " netcfg/get_ipaddress!~/",
		QP_CRITICAL, ADDRESS, "d-i netcfg/get_netmask string 255.255.255.0" },
	{ "netcfg/get_gateway", "netcfg/get_gateway", STATIC, QP_CRITICAL, ADDRESS,
		"d-i netcfg/get_gateway string ADDRESS" },
	{ "netcfg/get_nameservers", "netcfg/get_nameservers", STATIC, QP_CRITICAL,
		ADDRESS, "d-i netcfg/get_nameservers string ADDRESS" },
	{ "mirror/country", "mirror/country mirror/http/countries", MIRROR, QP_HIGH,
		LATE, "d-i mirror/country string manual" },
	{ "mirror/http/hostname", "mirror/http/hostname&",
		HTTP " mirror/country=manual", QP_HIGH, LATE,
		"d-i mirror/http/hostname string deb.debian.org" },
	{ "mirror/http/directory", "mirror/http/directory",
		HTTP " mirror/country=manual", QP_HIGH, LATE,
		"d-i mirror/http/directory string /debian" },
	{ "mirror/http/mirror", "mirror/http/mirror mirror/http/hostname",
		HTTP " mirror/country mirror/country!=manual", QP_HIGH, LATE,
		"d-i mirror/http/mirror select deb.debian.org" },
	{ "mirror/http/proxy", "mirror/http/proxy", HTTP, QP_HIGH, LATE,
		"d-i mirror/http/proxy string" },
	{ "passwd/root-password", "passwd/root-password " ROOT,
		"passwd/root-login!=false", QP_CRITICAL, LATE,
		"d-i passwd/root-password-crypted password HASH" },
	{ "passwd/root-password-again", "passwd/root-password-again " ROOT,
		"passwd/root-login!=false passwd/root-password", QP_CRITICAL, LATE,
		"d-i passwd/root-password-again password PASSWORD" },
	{ "passwd/user-fullname", "passwd/user-fullname", USER, QP_CRITICAL, LATE,
		"d-i passwd/user-fullname string NAME" },
	{ "passwd/username", "passwd/username& @username", USER, QP_CRITICAL, LATE,
		"d-i passwd/username string NAME" },
	{ "passwd/user-password", "passwd/user-password& passwd/user-password-crypted+",
		USER, QP_CRITICAL, LATE,
		"d-i passwd/user-password-crypted password HASH" },
	{ "passwd/user-password-again",
		"passwd/user-password-again passwd/user-password-crypted+",
		USER " passwd/user-password", QP_CRITICAL, LATE,
		"d-i passwd/user-password-again password PASSWORD" },
	{ "time/zone", "time/zone",
		"@country=AR|AU|BR|CA|CD|CL|CN|CY|DE|EC|ES|FM|GL|ID|KI|KZ|MH|MN|MX|MY|"
		"NZ|PF|PG|PS|PT|RU|UA|UM|US|UZ",
		QP_HIGH, LATE, "d-i time/zone string Etc/UTC" },
	{ "partman-auto/init_automatically_partition",
		"partman-auto/init_automatically_partition partman-auto/method+", "",
		QP_CRITICAL, LATE, "d-i partman-auto/method string regular" },
	{ "partman-auto/choose_recipe",
		"partman-auto/choose_recipe partman-auto/expert_recipe+ "
		"partman-auto/expert_recipe_file+",
		"partman-auto/method!=raid", QP_HIGH, LATE,
		"d-i partman-auto/choose_recipe select atomic" },
	{ "partman-lvm/confirm", "partman-lvm/confirm partman-lvm/confirm_nooverwrite",
		LVM, QP_CRITICAL, LATE, "d-i partman-lvm/confirm boolean true" },
	{ "partman-auto-lvm/guided_size", "partman-auto-lvm/guided_size", LVM, QP_HIGH,
		LATE, "d-i partman-auto-lvm/guided_size string max" },
	{ "partman-auto-lvm/no_boot", "partman-auto-lvm/no_boot=true", "@no_boot",
		QP_CRITICAL, LATE, "d-i partman-auto-lvm/no_boot boolean true" },
	{ "partman-crypto/passphrase", "partman-crypto/passphrase&",
		"partman-auto/method=crypto", QP_CRITICAL, LATE,
		"d-i partman-crypto/passphrase password PASSPHRASE" },
	{ "partman-crypto/passphrase-again", "partman-crypto/passphrase-again&",
		"partman-auto/method=crypto partman-crypto/passphrase", QP_CRITICAL,
		LATE, "d-i partman-crypto/passphrase-again password PASSPHRASE" },
	{ "partman-md/confirm", "partman-md/confirm partman-md/confirm_nooverwrite",
		"partman-auto/method=raid", QP_CRITICAL, LATE,
		"d-i partman-md/confirm boolean true" },
	{ "partman-basicfilesystems/no_swap", "partman-basicfilesystems/no_swap=false",
		"@no_swap", QP_CRITICAL, LATE,
		"d-i partman-basicfilesystems/no_swap boolean false" },
	{ "partman-basicfilesystems/no_mount_point",
		"partman-basicfilesystems/no_mount_point=false", "@no_mount_point",
		QP_CRITICAL, LATE,
		"d-i partman-basicfilesystems/no_mount_point boolean false" },
	{ "partman/choose_partition", "partman/choose_partition", "", QP_CRITICAL, LATE,
		"d-i partman/choose_partition select finish" },
	{ "partman/confirm", "partman/confirm partman/confirm_nooverwrite", "",
		QP_CRITICAL, LATE, "d-i partman/confirm boolean true" },
	{ "tasksel/first", "tasksel/first", "pkgsel/run_tasksel!=false", QP_HIGH, LATE,
		"tasksel tasksel/first multiselect standard" },
	{ "popularity-contest/participate", "popularity-contest/participate",
		"pkgsel/run_tasksel!=false", QP_HIGH, LATE,
		"popularity-contest popularity-contest/participate boolean false" },
	{ "grub-installer/choose_bootdev",
		"grub-installer/bootdev+ grub-installer/choose_bootdev "
		"grub-installer/skip",
		"", QP_HIGH, LATE, "d-i grub-installer/bootdev string default" },
	{ "finish-install/reboot_in_progress", "finish-install/reboot_in_progress", "",
		QP_CRITICAL, LATE, "d-i finish-install/reboot_in_progress note" },
};

/* What it was when the question came; "@" and a name: of what answers make together. */
static const char *value_of(struct check *c, const char *question, enum phase phase)
{
	const char *value;

	if (strcmp(question, "@country") == 0) {
		value = value_said(c, "debian-installer/country");
		if (!value && (value = value_said(c, "debian-installer/locale")))
			value = strchr(value, '_') ? strchr(value, '_') + 1 : NULL;
		return value ? pool_strndup(c->pool, value, strcspn(value, ".@"))
			     : NULL;
	}
	if (strcmp(question, "@user") == 0)
		return makes_user(c) ? "true" : NULL;
	if (*question == '@')
		return layout_doubt(c, question + 1);
	if (phase == ADDRESS && on_cmdline(c, "preseed/url") && !network_again(c))
		return on_cmdline(c, question);
	return value_said(c, question);
}

static bool in_list(const char *list, const char *value)
{
	size_t len = strlen(value);

	for (; *list; list += strcspn(list, "|") + (list[strcspn(list, "|")] == '|'))
		if (strcspn(list, "|") == len && memcmp(list, value, len) == 0)
			return true;
	return false;
}

/*
 * Conditions with blanks between, all of which must hold: Q (is answered), Q=A|B
 * (is one of these), Q!=A|B (is not), Q!~TEXT (does not contain it).
 */
static bool holds(struct check *c, const char *when, enum phase phase)
{
	while (*when) {
		size_t n = strcspn(when, " "), q = strcspn(when, " =!");
		const char *value = value_of(c, pool_strndup(c->pool, when, q), phase);
		const char *op = when + q;
		const char *want = pool_strndup(c->pool,
			op + (*op == '!') + 1 <= when + n ? op + (*op == '!') + 1 : op,
			op + (*op == '!') + 1 <= when + n ? n - q - (*op == '!') - 1
							  : 0);
		bool ok;

		if (q == n)
			ok = value && *value;
		else if (*op == '=')
			ok = value && in_list(want, value);
		else if (op[1] == '~')
			ok = !value || !strstr(value, want);
		else
			ok = !value || !in_list(want, value);
		if (!ok)
			return false;
		when += n;
		when += strspn(when, " ");
	}
	return true;
}

/* Whether what the file says is there when the question comes. */
static bool in_time(struct check *c, enum phase phase)
{
	const char *enable = on_cmdline(c, "auto-install/enable");

	if (!on_cmdline(c, "preseed/url") || phase == LATE)
		return true;
	if (phase == EARLY)
		return enable && strcmp(enable, "true") == 0;
	return phase == ADDRESS && network_again(c);
}

/*
 * Q: has been seen, so that it is not asked, whatever its value. Q+: has a value,
 * which the installer's scripts go by. Q&: both. Q=V: has that value. Q!=V: has one,
 * and another.
 */
static bool one_answers(struct check *c, const char *s, size_t n, bool file)
{
	size_t q = strcspn(s, " +&=!");
	const char *name = pool_strndup(c->pool, s, q), *op = s + q;
	const char *value = file ? value_said(c, name) : on_cmdline(c, name);
	const char *want = pool_strndup(c->pool, op, n - q);
	bool seen = cmdline_seen(c, name) || (file && answer_seen(c, name));

	/* made of the full name, which is told elsewhere */
	if (strcmp(name, "@username") == 0)
		return file && answer_seen(c, "passwd/username") && user_from_name(c);
	if (file && command_sets(c, name))
		return true;
	if (q == n)
		return seen;
	if (*op == '=')
		return value && strcmp(value, want + 1) == 0;
	if (*op == '!')
		return value && *value && strcmp(value, want + 2) != 0;
	return value && *value && (*op == '+' || seen);
}

static bool answered(struct check *c, const struct way *w)
{
	bool file = in_time(c, w->phase);

	for (const char *s = w->answers; *s; s += strspn(s, " ")) {
		size_t n = strcspn(s, " ");

		if (one_answers(c, s, n, file))
			return true;
		s += n;
	}
	return false;
}

/* Why what the file says is no answer; "". */
static const char *no_answer(struct check *c, const struct way *w)
{
	const struct answer *a;
	const char *user = value_said(c, "passwd/make-user");

	if (strncmp(w->when, USER, strlen(USER)) == 0 && user_forced(c) && user &&
		strcmp(user, "false") == 0)
		return " (without root, passwd/make-user false is not taken)";
	for (const char *s = in_time(c, w->phase) ? w->answers : ""; *s;
		s += strspn(s, " ")) {
		const char *name = pool_strndup(c->pool, s, strcspn(s, " +&=!"));

		s += strcspn(s, " ");
		a = answer_find(c, name);
		if (a && !answer_seen(c, name))
			return pool_printf(c->pool,
				" (line %u takes the answer of line %u back: it is "
				"only "
				"offered)",
				answer_unseen(c, name), a->line);
		if (a && !*a->value.s)
			return pool_printf(c->pool,
				" (line %u: an empty value is no answer here)",
				a->line);
		if (a && strcmp(a->value.s, "!") == 0)
			return pool_printf(
				c->pool, " (line %u: ! is no hash here)", a->line);
	}
	return "";
}

/* "d-i QUESTION TYPE VALUE" as the kernel command line has it. */
static const char *as_parameter(struct check *c, const char *line)
{
	const char *question = line + strcspn(line, " ") + 1, *value;
	size_t n = strcspn(question, " ");

	value = question + n + (question[n] == ' ');
	value += strcspn(value, " ");
	value += *value == ' ';
	return pool_printf(c->pool, "%.*s=%s", (int)n, question, value);
}

static bool way(struct check *c, const struct way *w, enum qpriority least)
{
	const struct qindex_question *q = qindex_find(c->index, w->question);
	enum qpriority priority =
		q && q->priority ? (enum qpriority)q->priority : w->priority;
	bool sure = c->cmdline && !more_to_come(c);
	bool late = !in_time(c, w->phase);
	const char *why = *w->when == '@' && !strpbrk(w->when, "= ")
				  ? layout_doubt(c, w->when + 1)
				  : NULL;

	/* a release may be without it */
	if (!q && c->index->unseens == 0)
		return false;
	if (priority < least || !holds(c, w->when, w->phase) || answered(c, w))
		return false;
	found_file(c, w->question, sure ? LEVEL_ERROR : LEVEL_NOTE, R_UNANSWERED,
		"%s (priority %s) will be asked%s%s%s%s: %s%s", w->question,
		qpriority_name(priority), why ? " (" : "", why ? why : "",
		why ? ")" : no_answer(c, w),
		sure ? "" : ", unless the kernel command line or another file answers",
		late ? "before this file is fetched; the kernel command line must "
		       "answer, as "
		     : "",
		late ? as_parameter(c, w->line) : w->line);
	return true;
}

/* Taken from the full name, which is hardly what was meant. */
static void named_after(struct check *c)
{
	const struct answer *a = answer_find(c, "passwd/username");

	if (a && !*a->value.s && makes_user(c) && answer_seen(c, "passwd/username") &&
		user_from_name(c))
		found(c, a, a->question.at, strlen(a->question.s), LEVEL_WARNING,
			R_UNANSWERED,
			"an empty value is no answer here: the installer makes the "
			"user "
			"name %s of passwd/user-fullname",
			user_from_name(c));
}

/* Questions of packages that the file has installed. */
static void package(struct check *c, const struct answer *include, const char *name,
	enum qpriority least)
{
	for (size_t i = 0; i < c->index->questions; i++) {
		const struct qindex_question *q = &c->index->question[i];
		const char *question = qindex_text(c->index, q->name);

		if (q->udeb || q->priority < least || q->type == QT_NOTE ||
			q->type == QT_ERROR || q->type == QT_TEXT ||
			strcmp(qindex_text(c->index, q->deb), name) != 0 ||
			answer_find(c, question))
			continue;
		found(c, include, include->question.at, strlen(include->question.s),
			LEVEL_NOTE, R_UNANSWERED,
			"package %s may ask %s (priority %s), which has no answer",
			name, question, qpriority_name((enum qpriority)q->priority));
	}
}

bool installer_asks(const char *question)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (strcmp(ways[i].question, question) == 0)
			return true;
	return false;
}

void check_asked(struct check *c)
{
	const char *p = value_said(c, "debconf/priority");
	enum qpriority least = p ? qpriority_find(p, strlen(p)) : QP_NONE;
	const struct answer *include = answer_find(c, "pkgsel/include");
	const char *told = NULL;

	if (least == QP_NONE)
		least = QP_HIGH; /* as the installer starts */
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (told && strcmp(told, ways[i].question) == 0)
			continue; /* by another of its rows */
		told = way(c, &ways[i], least) ? ways[i].question : NULL;
	}
	named_after(c);
	for (const char *s = include ? include->value.s : ""; *s;) {
		size_t n = strcspn(s, " ,\t");

		if (n)
			package(c, include, pool_strndup(c->pool, s, n), least);
		s += n;
		s += strspn(s, " ,\t");
	}
}
