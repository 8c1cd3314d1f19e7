// SPDX-License-Identifier: MIT
/*
 * cmdline.c - what the installer makes of the kernel command line: env2debconf sets
 * every variable with a slash in its name, and those with a short name that it knows.
 */
#include "check.h"
#include "nearest.h"

#include <ctype.h>
#include <string.h>

/* /etc/preseed_aliases */
static const struct {
	const char *alias, *question;
} aliases[] = { { "priority", "debconf/priority" },
	{ "fb", "debian-installer/framebuffer" },
	{ "language", "debian-installer/language" },
	{ "country", "debian-installer/country" },
	{ "locale", "debian-installer/locale" }, { "theme", "debian-installer/theme" },
	{ "auto", "auto-install/enable" }, { "classes", "auto-install/classes" },
	{ "file", "preseed/file" }, { "url", "preseed/url" },
	{ "domain", "netcfg/get_domain" }, { "hostname", "netcfg/get_hostname" },
	{ "interface", "netcfg/choose_interface" }, { "protocol", "mirror/protocol" },
	{ "suite", "mirror/suite" }, { "modules", "anna/choose_modules" },
	{ "recommends", "base-installer/install-recommends" },
	{ "tasks", "tasksel/first" }, { "desktop", "tasksel/desktop" },
	{ "dmraid", "disk-detect/dmraid/enable" },
	{ "keymap", "keyboard-configuration/xkb-keymap" },
	{ "preseed-md5", "preseed/file/checksum" },
	{ "firmware", "hw-detect/firmware-lookup" } };

enum { ALIASES = sizeof(aliases) / sizeof(*aliases) };

const char *alias_find(const char *name)
{
	for (size_t i = 0; i < ALIASES; i++)
		if (strcmp(aliases[i].alias, name) == 0)
			return aliases[i].question;
	return NULL;
}

const char *alias_near(const char *name)
{
	for (size_t i = 0; i < ALIASES; i++)
		if (strlen(name) > 4 && edit_distance(name, aliases[i].alias) == 1)
			return aliases[i].alias;
	return NULL;
}

/* The next word, as the kernel cuts it: blanks within double quotes are none. */
static char *next_word(struct pool *pool, const char **s)
{
	struct text text;
	FILE *f;
	bool quoted = false;

	while (isspace((unsigned char)**s))
		++*s;
	if (!**s)
		return NULL;
	f = text_open(&text);
	for (; **s && (quoted || !isspace((unsigned char)**s)); ++*s)
		if (**s == '"')
			quoted = !quoted;
		else
			fputc(**s, f);
	return text_close(&text, pool);
}

/* OWNER:QUESTION; without an owner it is d-i's. */
static void split_owner(struct pool *pool, const char *name, struct cmdline *w)
{
	const char *colon = strchr(name, ':');

	w->name = colon ? colon + 1 : name;
	if (colon && colon > name)
		w->owner = pool_strndup(pool, name, (size_t)(colon - name));
}

/* QUESTION=VALUE, OWNER:QUESTION=VALUE; QUESTION?=VALUE leaves it to be asked. */
static bool take(struct pool *pool, char *word, struct cmdline *w)
{
	char *eq = strchr(word, '='), *name = word;
	size_t n;

	if (!eq || !eq[1] || eq == word)
		return false;
	*eq = '\0';
	*w = (struct cmdline){ .said = pool_strdup(pool, word),
		.value = eq + 1,
		.seen = true,
		.owner = "d-i" };
	n = strlen(name);
	if (name[n - 1] == '?') {
		name[n - 1] = '\0';
		w->seen = false;
	}
	if (alias_find(name))
		w->name = alias_find(name);
	else if (strchr(name, '/'))
		split_owner(pool, name, w);
	else
		w->name = "";
	n = strlen(w->value);
	if (n > 1 && w->value[0] == '\'' && w->value[n - 1] == '\'')
		w->value = pool_strndup(pool, w->value + 1, n - 2);
	return true;
}

void cmdline_read(struct check *c)
{
	const char *s = c->cmdline ? c->cmdline : "";
	size_t room = strlen(s) / 2 + 1;
	char *word;

	c->param = pool_alloc(c->pool, room * sizeof(*c->param));
	c->params = 0;
	/* what is behind -- goes to init, not into the environment */
	while ((word = next_word(c->pool, &s)) && strcmp(word, "--") != 0)
		if (take(c->pool, word, &c->param[c->params]))
			c->params++;
}

static const struct cmdline *find(const struct check *c, const char *question)
{
	for (size_t i = c->params; i > 0; i--)
		if (strcmp(c->param[i - 1].name, question) == 0)
			return &c->param[i - 1];
	return NULL;
}

const char *on_cmdline(struct check *c, const char *question)
{
	const struct cmdline *w = find(c, question);

	return w ? w->value : NULL;
}

bool cmdline_seen(const struct check *c, const char *question)
{
	const struct cmdline *w = find(c, question);

	return w && w->seen;
}

const char *value_said(struct check *c, const char *question)
{
	const char *value = on_cmdline(c, question);
	const struct answer *a = value ? NULL : answer_find(c, question);

	return a ? a->value.s : value;
}
