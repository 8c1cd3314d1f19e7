/* command.c - early and late commands: valid, and each on its own side. */
#include "check.h"

#include <string.h>

/* Those that the installer's own small system lacks. */
static bool target_only(const char *program)
{
	static const char *const list[] = { "apt", "apt-get", "aptitude", "apt-key",
		"add-apt-repository", "systemctl", "useradd", "usermod", "userdel",
		"adduser", "addgroup", "groupadd", "gpasswd", "chpasswd", "passwd",
		"visudo", "sudo", "update-grub", "update-grub2", "grub-install",
		"update-initramfs", "dpkg-reconfigure", "update-rc.d", "service",
		"curl", "git", "python", "python3", "perl", "gpg", "ssh-keygen",
		"timedatectl", "hostnamectl", "bash", "snap", "pip", "pip3", "chsh",
		"locale-gen" };

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (strcmp(list[i], program) == 0)
			return true;
	return false;
}

/* One command of a list: its words, and the operators around it. */
struct command {
	const struct token *v;
	size_t n;
	char after; /* the operator's first character; 0 at the end */
};

struct side {
	struct check *c;
	const struct answer *a;
	bool early;
	bool failed_target; /* the command before ran by in-target */
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

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		if (below(path, dirs[i]))
			return true;
	return false;
}

static void at_token(
	const struct side *s, const struct token *t, enum level level, const char *what)
{
	found(s->c, s->a, s->a->value.at + t->at, t->len, level, R_IN_TARGET, "%s",
		what);
}

static void redirections(const struct side *s, const struct command *k, bool in_target)
{
	for (size_t i = 0; i + 1 < k->n; i++) {
		const struct token *t = &k->v[i], *to = &k->v[i + 1];

		if (t->kind != 'r' || t->s[0] != '>' || t->s[1] == '&' ||
			to->s[0] != '/' || below(to->s, "/dev") ||
			below(to->s, "/target"))
			continue;
		if (in_target)
			at_token(s, t, LEVEL_WARNING,
				"the file is the installer's own: a redirection is not "
				"part of what in-target runs (write in-target sh -c "
				"'...')");
		else if (!s->early && looks_installed(to->s))
			at_token(s, to, LEVEL_WARNING,
				"the file is the installer's own, gone with it; the "
				"installed system's is below /target");
	}
}

static void in_target(const struct side *s, const struct command *k, size_t first)
{
	static const char *const builtins[] = { "cd", "export", "umask", ".", "source",
		"set", "alias", "ulimit", "exec", "eval", "read", "unset" };
	const struct token *t = &k->v[first];

	if (s->early) {
		at_token(s, t, LEVEL_ERROR,
			"there is no target yet when early commands run");
		return;
	}
	if (first + 1 >= k->n || k->v[first + 1].kind != 'w') {
		at_token(s, t, LEVEL_ERROR, "in-target has no command to run");
		return;
	}
	t = &k->v[first + 1];
	for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++)
		if (strcmp(t->s, builtins[i]) == 0)
			at_token(s, t, LEVEL_WARNING,
				"in-target runs programs, and this is the shell's own "
				"(write in-target sh -c '...')");
	redirections(s, k, true);
}

static void one(struct side *s, const struct command *k)
{
	size_t first = 0;
	bool by_target;

	/* VARIABLE=VALUE before the program */
	while (first < k->n && k->v[first].kind == 'w' && strchr(k->v[first].s, '=') &&
		strcspn(k->v[first].s, "=/ ") == strcspn(k->v[first].s, "="))
		first++;
	if (first == k->n)
		return;
	by_target = k->v[first].kind == 'w' && strcmp(k->v[first].s, "in-target") == 0;
	if (by_target)
		in_target(s, k, first);
	else if (k->v[first].kind == 'w' && target_only(k->v[first].s) && !s->early)
		at_token(s, &k->v[first], LEVEL_WARNING,
			s->failed_target
				? "this runs in the installer, which has no such "
				  "program: in-target is for one command only"
				: "this runs in the installer, which has no such "
				  "program (in-target runs those of the installed "
				  "system)");
	if (!by_target)
		redirections(s, k, false);
	s->failed_target = by_target;
}

/* Command by command; words of compound commands are left alone. */
static void sides(
	struct check *c, const struct answer *a, const struct tokens *t, bool early)
{
	struct side s = { c, a, early, false };
	size_t from = 0;

	for (size_t i = 0; i <= t->n; i++) {
		if (i < t->n && t->v[i].kind != 'o')
			continue;
		if (i > from) {
			const struct command k = { t->v + from, i - from,
				i < t->n ? t->v[i].s[0] : '\0' };

			one(&s, &k);
		}
		from = i + 1;
	}
}

static bool is_shell(const char *q)
{
	static const char *const list[] = { "preseed/early_command",
		"preseed/late_command", "partman/early_command",
		"preseed/include_command" };

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (strcmp(q, list[i]) == 0)
			return true;
	return false;
}

void check_command(struct check *c, const struct answer *a)
{
	bool early = strcmp(a->question.s, "preseed/late_command") != 0;
	const char *text = a->value.s, *why = NULL;
	struct tokens t;

	if (!is_shell(a->question.s) || a->seen || !*text)
		return;
	tokens_read(&t, c->pool, text);
	if (!t.plain || !tokens_valid(&t))
		why = shell_fault(c->shell, text);
	if (why)
		found(c, a, a->value.at, strlen(text), LEVEL_ERROR, R_SHELL, "%s", why);
	/* what lines are joined by is a blank: a comment ends all of it */
	if (t.comment < strlen(text) && !strchr(text + t.comment, '\n'))
		found(c, a, a->value.at + t.comment, strlen(text) - t.comment,
			LEVEL_WARNING, R_SHELL,
			"a comment: it is all one line to the shell, and nothing after "
			"the # runs");
	if (!why)
		sides(c, a, &t, early);
}
