// SPDX-License-Identifier: MIT
/*
 * side.c - which side a command runs on: the installer's own small system, or the
 * installed one below /target, where in-target runs it.
 */
#include "command.h"
#include "names.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

/* Those that the installer's own small system lacks. */
static const char *const target_only[] = { "apt", "apt-get", "aptitude", "apt-key",
	"apt-mark", "apt-cache", "add-apt-repository", "systemctl", "useradd",
	"usermod", "userdel", "adduser", "addgroup", "groupadd", "gpasswd", "chpasswd",
	"passwd", "visudo", "sudo", "update-grub", "update-grub2", "grub-install",
	"update-initramfs", "dpkg-reconfigure", "update-rc.d", "service", "curl", "git",
	"python", "python3", "perl", "gpg", "ssh-keygen", "timedatectl", "hostnamectl",
	"localectl", "bash", "snap", "pip", "pip3", "chsh", "locale-gen",
	"update-locale", "update-alternatives", "dpkg", "rsync", "crontab", "a2enmod",
	"a2ensite", "ufw" };

/* Those that the installed system lacks. */
static const char *const installer_only[] = { "apt-install", "in-target",
	"anna-install", "debconf-set", "list-devices", "log-output", "udpkg",
	"mapdevfs" };

/* One command of a list: its words. */
struct command {
	const struct token *v;
	size_t n;
};

enum { SAID = 8, SOON = 4096 };

struct side {
	const struct script *s;
	bool failed_target; /* the command before ran by in-target */
	const char *said[SAID];
	size_t n;
};

static bool below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* Files of the installed system, as the installer's shell would name its own. */
static bool looks_installed(const char *path)
{
	static const char *const dirs[] = { "/etc", "/root", "/home", "/usr", "/opt",
		"/srv", "/boot", "/var/lib", "/var/www", "/lib/systemd" };
	/* what the installer itself goes on to use */
	static const char *const own[] = { "/etc/resolv.conf", "/var/lib/dpkg",
		"/var/lib/partman", "/var/lib/cdebconf", "/usr/lib/finish-install.d",
		"/usr/lib/post-base-installer.d", "/usr/lib/pre-pkgsel.d",
		"/usr/lib/base-installer.d", "/usr/lib/apt-setup" };

	for (size_t i = 0; i < COUNT(own); i++)
		if (below(path, own[i]))
			return false;
	for (size_t i = 0; i < COUNT(dirs); i++)
		if (below(path, dirs[i]))
			return true;
	return false;
}

/* Whether a finding for that folder is new: each is told once. */
static bool is_new(struct side *s, const char *path)
{
	const char *slash = strchr(path + 1, '/');
	size_t n = slash ? (size_t)(slash - path) + 1 + strcspn(slash + 1, "/")
			 : strlen(path);
	const char *place = pool_strndup(s->s->c->pool, path, n);

	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->said[i], place) == 0)
			return false;
	if (s->n < SAID)
		s->said[s->n++] = place;
	return true;
}

static void at_token(
	const struct side *s, const struct token *t, enum level level, const char *what)
{
	script_found(s->s, t, level, R_IN_TARGET, "%s", what);
}

static void redirections(struct side *s, const struct command *k, bool in_target)
{
	for (size_t i = 0; i + 1 < k->n; i++) {
		const struct token *t = &k->v[i], *to = &k->v[i + 1];

		if (t->kind != 'r' || t->s[0] != '>' || t->s[1] == '&' ||
			to->s[0] != '/' || below(to->s, "/dev") ||
			below(to->s, "/proc") || below(to->s, "/target"))
			continue;
		if (in_target)
			at_token(s, t, LEVEL_WARNING,
				"the file is the installer's own: a redirection is not "
				"part of what in-target runs (write in-target sh -c "
				"'...')");
		else if (!s->s->early && looks_installed(to->s) && is_new(s, to->s))
			at_token(s, to, LEVEL_WARNING,
				"the file is the installer's own, gone with it; the "
				"installed system's is below /target");
	}
}

/* A path that is there on the other side only. */
static void paths_of_installer(
	const struct side *s, const struct command *k, size_t first)
{
	static const char *const dirs[] = { "/target", "/cdrom", "/hd-media" };

	for (size_t i = first; i < k->n; i++)
		for (size_t j = 0; k->v[i].kind == 'w' && j < COUNT(dirs); j++)
			/* a redirection of the installer's shell goes anywhere */
			if ((s->s->target || i == 0 || k->v[i - 1].kind != 'r') &&
				below(k->v[i].s, dirs[j]))
				script_found(s->s, &k->v[i], LEVEL_WARNING, R_IN_TARGET,
					"the installed system has no %s: this is its "
					"own view",
					dirs[j]);
}

static void in_target(struct side *s, const struct command *k, size_t first)
{
	static const char *const builtins[] = { "cd", "export", "umask", ".", "source",
		"set", "alias", "ulimit", "exec", "eval", "read", "unset" };
	const struct token *t = &k->v[first];
	bool pass = false;

	if (s->s->early) {
		at_token(s, t, LEVEL_ERROR,
			"there is no target yet when early commands run");
		return;
	}
	if (first + 1 < k->n && strcmp(k->v[first + 1].s, "--pass-stdout") == 0) {
		pass = true;
		first++;
	}
	if (first + 1 >= k->n || k->v[first + 1].kind != 'w') {
		at_token(s, t, LEVEL_ERROR, "in-target has no command to run");
		return;
	}
	t = &k->v[first + 1];
	if (one_of(builtins, COUNT(builtins), t->s))
		at_token(s, t, LEVEL_WARNING,
			"in-target runs programs, and this is the shell's own "
			"(write in-target sh -c '...')");
	else if (strpbrk(t->s, " \t") && !strchr(t->s, '$'))
		script_found(s->s, t, LEVEL_WARNING, R_SHELL,
			"the quotes make one word of it, the name of a program: write "
			"it "
			"without them, or in-target sh -c '...'");
	else if (one_of(installer_only, COUNT(installer_only), program_name(t->s)))
		script_found(s->s, t, LEVEL_WARNING, R_IN_TARGET,
			"%s is the installer's own program: it is run without "
			"in-target",
			t->s);
	paths_of_installer(s, k, first + 1);
	redirections(s, k, !pass);
}

/* One of the words is a file that the program changes. */
static void changes(struct side *s, const struct command *k, size_t first, size_t i)
{
	const struct token *t = &k->v[i];
	const char *path = t->s;

	if (path[0] != '/' || !looks_installed(path) || !is_new(s, path))
		return;
	script_found(s->s, t, LEVEL_WARNING, R_IN_TARGET,
		"%s runs in the installer: %s is the installer's own, gone with the "
		"installer; the installed system's is /target%s (or write in-target %s "
		"...)",
		k->v[first].s, path, path, k->v[first].s);
}

static bool has_option(const struct command *k, size_t first, char option)
{
	for (size_t i = first + 1; i < k->n; i++)
		if (k->v[i].kind == 'w' && k->v[i].s[0] == '-' && k->v[i].s[1] != '-' &&
			strchr(k->v[i].s, option))
			return true;
	return false;
}

/* Whether the path is used by a command soon after: fetched, then run. */
static bool used_again(const struct side *s, const struct token *t)
{
	const char *after = s->s->text + t->at + t->len;
	size_t n = strnlen(after, SOON);

	return memmem(after, n, t->s, strlen(t->s)) != NULL;
}

static size_t last_word(const struct command *k, size_t first)
{
	size_t last = 0;

	for (size_t i = first + 1; i < k->n; i++) {
		if (k->v[i].kind == 'r')
			i++;
		else if (k->v[i].kind == 'w' && k->v[i].s[0] != '-')
			last = i;
	}
	return last;
}

/* Programs of the installer that change files, and which of their words these are. */
static void files(struct side *s, const struct command *k, size_t first)
{
	static const char *const all[] = { "mkdir", "touch", "chmod", "chown", "chgrp",
		"rm", "rmdir", "tee", "truncate" };
	static const char *const last[] = { "cp", "mv", "ln", "install" };
	static const char *const fetch[] = { "wget", "tar" };
	const char *p = program_name(k->v[first].s);
	bool sed = strcmp(p, "sed") == 0 && has_option(k, first, 'i');
	size_t to;

	if (one_of(last, COUNT(last), p)) {
		to = last_word(k, first);
		if (to > first + 1)
			changes(s, k, first, to);
	} else if (one_of(all, COUNT(all), p) || sed) {
		for (size_t i = first + 1; i < k->n; i++) {
			if (k->v[i].kind == 'r')
				i++;
			else if (k->v[i].s[0] != '-')
				changes(s, k, first, i);
		}
	} else if (one_of(fetch, COUNT(fetch), p)) {
		for (size_t i = first + 1; i + 1 < k->n; i++)
			if ((strcmp(k->v[i].s, "-O") == 0 ||
				    strcmp(k->v[i].s, "-C") == 0 ||
				    strcmp(k->v[i].s, "-P") == 0) &&
				!used_again(s, &k->v[i + 1]))
				changes(s, k, first, i + 1);
	}
}

/* What is no longer there, and what took its place. */
static void gone(const struct side *s, const struct token *t)
{
	if (strcmp(program_name(t->s), "killall.sh") != 0)
		return;
	at_token(s, t, LEVEL_WARNING,
		pool_printf(s->s->c->pool,
			"the installer has no %s; it is kill-all-dhcp", t->s));
	if (!s->s->map)
		mend(s->s->c, s->s->a, s->s->a->value.at + t->at, t->len,
			"kill-all-dhcp");
}

static void program(struct side *s, const struct command *k, size_t first)
{
	const struct token *t = &k->v[first];

	if (strpbrk(t->s, " \t") && !strpbrk(t->s, "$=") && !strchr("/-", t->s[0]))
		script_found(s->s, t, LEVEL_WARNING, R_SHELL,
			"the quotes make one word of it, the name of a program that is "
			"not "
			"there");
	if (one_of(target_only, COUNT(target_only), t->s) && !s->s->early)
		at_token(s, t, LEVEL_WARNING,
			s->failed_target
				? "this runs in the installer, which has no such "
				  "program: in-target is for one command only"
				: "this runs in the installer, which has no such "
				  "program (in-target runs those of the installed "
				  "system)");
	else if (!s->s->early)
		files(s, k, first);
	if (strcmp(t->s, "chroot") == 0 && first + 2 < k->n &&
		below(k->v[first + 1].s, "/target"))
		paths_of_installer(s, k, first + 2);
}

/* Words of the shell's own before a program. */
static bool opens(const char *s)
{
	static const char *const list[] = { "if", "then", "else", "elif", "do", "while",
		"until", "{", "!" };

	return one_of(list, COUNT(list), s);
}

static void one(struct side *s, const struct command *k)
{
	size_t first = 0;
	bool by_target;

	/* VARIABLE=VALUE before the program */
	while (first < k->n && k->v[first].kind == 'w' &&
		(opens(k->v[first].s) || (strchr(k->v[first].s, '=') &&
						 strcspn(k->v[first].s, "=/ ") ==
							 strcspn(k->v[first].s, "="))))
		first++;
	if (first == k->n)
		return;
	by_target = k->v[first].kind == 'w' && strcmp(k->v[first].s, "in-target") == 0;
	if (by_target) {
		in_target(s, k, first);
	} else {
		if (k->v[first].kind == 'w') {
			gone(s, &k->v[first]);
			program(s, k, first);
		}
		redirections(s, k, false);
	}
	s->failed_target = by_target;
}

/* Command by command. */
void check_sides(const struct script *s, const struct tokens *t)
{
	struct side side = { .s = s };
	size_t from = 0;

	for (size_t i = 0; i <= t->n; i++) {
		if (i < t->n && t->v[i].kind != 'o')
			continue;
		if (i > from) {
			const struct command k = { t->v + from, i - from };

			if (s->target)
				paths_of_installer(&side, &k, 0);
			else
				one(&side, &k);
		}
		from = i + 1;
	}
}
