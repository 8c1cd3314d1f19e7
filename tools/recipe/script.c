// SPDX-License-Identifier: MIT
/*
 * script.c - what is done inside the installed system.
 *
 * One shell script, in base64, so that no debconf, YAML, shell or log on the way
 * sees anything but letters, run by one in-target, so that its cost is paid
 * once. Every word of the recipe's is in single quotes in it; the commands of
 * "run" are the one thing that is meant to be shell.
 */
#include "script.h"

#include "base64.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * The kernel takes 128 KiB in one argument, and the installer passes the
 * command as one twice, once with a message before it.
 */
enum { MAX_COMMAND = 131072 - 256 };

/* 'text', whatever is in it. */
static void quote(const char *s, size_t len, FILE *f)
{
	fputc('\'', f);
	for (; len; s++, len--)
		if (*s == '\'')
			fputs("'\\''", f);
		else
			fputc(*s, f);
	fputc('\'', f);
}

void script_word(struct script *s, const char *text)
{
	fputc(' ', s->f);
	quote(text, strlen(text), s->f);
}

void script_command(struct script *s, const char *name, ...)
{
	va_list ap;
	const char *arg;

	fputs(name, s->f);
	va_start(ap, name);
	while ((arg = va_arg(ap, const char *)))
		script_word(s, arg);
	va_end(ap);
	fputc('\n', s->f);
}

static const char prologue[] =
	"set -e\n"
	"umask 022\n"
	/* A command that reads would take the installer's input for its own. */
	"exec </dev/null\n"
	"export DEBIAN_FRONTEND=noninteractive\n"
	"put() {\n"
	"mkdir -p -- \"${1%/*}/\"\n"
	"rm -f -- \"$1\"\n"
	"(umask 077; cat >\"$1\")\n"
	"chown -- \"$3\" \"$1\"\n"
	"chmod -- \"$2\" \"$1\"\n"
	"}\n";

/* Text as it is, so that it can be read; else base64. */
static bool is_text(const char *s, size_t len)
{
	while (len) {
		const char *nl = memchr(s, '\n', len);
		size_t n = nl ? (size_t)(nl - s) : len;

		if (text_fault(s, n))
			return false;
		n += nl != NULL;
		s += n;
		len -= n;
	}
	return true;
}

static void content(struct script *s, const char *data, size_t len)
{
	bool text = is_text(data, len);

	if (s->shown) {
		fprintf(s->f, "printf %%s '(%zu bytes)'", len);
		return;
	}
	fputs("printf %s ", s->f);
	if (text) {
		quote(data, len, s->f);
		return;
	}
	base64_write(data, len, s->f);
	fputs(" | base64 -d", s->f);
}

void script_put(struct script *s, const char *text, const char *target, const char *mode,
	const char *owner)
{
	fputs("printf %s ", s->f);
	quote(text, strlen(text), s->f);
	script_command(s, " | put", target, mode, owner, (char *)NULL);
}

static const char *option(const struct setting *user, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 1; i < user->words; i++)
		if (strncmp(user->word[i], name, n) == 0)
			return user->word[i] + n;
	return NULL;
}

/* The private folder of an account, and its keys in it. */
static void put_keys(
	struct script *s, const char *home, const char *owner, const char *keys_)
{
	struct pool *pool = s->p->pool;
	char *dir = pool_printf(pool, "%s/.ssh", home);

	script_command(s, "mkdir -p --", dir, (char *)NULL);
	script_command(s, "chown --", owner, dir, (char *)NULL);
	script_command(s, "chmod --", "0700", dir, (char *)NULL);
	script_put(s, keys_, pool_printf(pool, "%s/authorized_keys", dir), "0600", owner);
}

static void add_user(struct script *s, const struct setting *user)
{
	struct pool *pool = s->p->pool;
	const char *name = user->word[0], *shell = option(user, "shell=");
	const char *hash = option(user, "password="), *sudo = option(user, "sudo");
	const char *all = "";

	/* "*": no password fits, yet the account is not locked: keys let in. */
	script_command(s, "useradd -m -U -s", shell ? shell : "/bin/bash", "-p",
		hash ? hash : "*", "-d", pool_printf(pool, "/home/%s", name), "--",
		name, (char *)NULL);
	if (sudo)
		script_command(s, "usermod -a -G sudo --", name, (char *)NULL);
	if (sudo && !hash)
		script_put(s, pool_printf(pool, "%s ALL=(ALL:ALL) NOPASSWD: ALL\n", name),
			pool_printf(pool, "/etc/sudoers.d/%s", name), "0440",
			"root:root");
	for (size_t i = 1; i < user->words; i++)
		if (strncmp(user->word[i], "key=", 4) == 0)
			all = pool_printf(pool, "%s%s\n", all, user->word[i] + 4);
	if (*all)
		put_keys(s, pool_printf(pool, "/home/%s", name),
			pool_printf(pool, "%s:%s", name, name), all);
}

static void put_file(struct script *s, const struct setting *file, unsigned number)
{
	const struct late_file *data = &s->p->file[number];
	const char *mode = file->words > 2 ? file->word[2] : "0644";
	const char *owner = file->words > 3 ? file->word[3] : "root:root";

	if (s->p->payload) {
		fprintf(s->f, "cat /.seedbed/%u", number);
	} else {
		content(s, data->text, data->len);
	}
	script_command(s, " | put", file->word[1], mode, owner, (char *)NULL);
}

static void proxies(struct script *s, const struct script_own *own)
{
	const char *lasting = plan_get(s->p, "lasting-proxy");

	if (*plan_get(s->p, "proxy"))
		fputs(own->forget_proxy, s->f);
	if (*lasting)
		script_put(s,
			pool_printf(s->p->pool,
				"Acquire::http::Proxy \"%s\";\n"
				"Acquire::https::Proxy \"%s\";\n",
				lasting, lasting),
			"/etc/apt/apt.conf.d/80proxy", "0644", "root:root");
}

static void write_script(struct script *s, const struct script_own *own)
{
	const struct recipe *r = s->p->recipe;
	const struct setting *t;
	unsigned number = 0;

	fputs(prologue, s->f);
	if (s->p->payload && s->p->files)
		fputs("trap 'rm -rf /.seedbed' EXIT\n", s->f);
	fputs(own->first, s->f);
	if (own->system)
		own->system(s);
	if (*s->p->root_keys)
		put_keys(s, "/root", "root:root", s->p->root_keys);
	for (t = NULL; (t = recipe_next(r, K_USER, t));)
		add_user(s, t);
	for (t = NULL; (t = recipe_next(r, K_FILE, t));)
		put_file(s, t, number++);
	for (t = NULL; (t = recipe_next(r, K_RUN, t));)
		script_command(s, "sh -c", t->word[0], (char *)NULL);
	proxies(s, own);
}

char *script_make(struct plan *p, const struct script_own *own, bool shown, size_t *len)
{
	struct script s = { .p = p, .shown = shown };
	struct text t;
	char *text;

	s.f = text_open(&t);
	write_script(&s, own);
	text = text_close(&t, p->pool);
	*len = t.len;
	return text;
}

char *script_line(struct plan *p, const char *script, size_t len)
{
	struct text t;
	FILE *f = text_open(&t);

	fputs("eval \"$(echo ", f);
	base64_write(script, len, f);
	fputs("|base64 -d)\"", f);
	return text_close(&t, p->pool);
}

void script_limit(struct plan *p, const char *command, const char *in)
{
	const struct setting *first = recipe_next(p->recipe, K_FILE, NULL);

	if (strlen(command) <= MAX_COMMAND)
		return;
	if (!first)
		first = recipe_next(p->recipe, K_RUN, NULL);
	complain(p->recipe,
		first ? first->from : (struct origin){ p->recipe->name, 0 },
		"files and commands take %zu KiB in the %s, and the installer can run "
		"%d%s",
		strlen(command) / 1024 + 1, in, MAX_COMMAND / 1024,
		p->payload ? "" : "; --payload sends files beside it");
}
