// SPDX-License-Identifier: MIT
#include "settings.h"
#include "cleanup.h"
#include "diag.h"
#include "slurp.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum { CONFIG_MAX = 4 << 20, KEY_MAX = 128, DEPTH_MAX = 16 };

static const char *system_dir(void)
{
	const char *dir = getenv("LVM_SYSTEM_DIR");

	return dir && *dir ? dir : "/etc/lvm";
}

static void below(char *out, const char *dir, const char *name)
{
	if (snprintf(out, PATH_MAX, "%s/%s", dir, name) >= PATH_MAX)
		out[0] = '\0';
}

void settings_default(struct settings *s)
{
	*s = (struct settings){ .source = "defaults",
		.archive = 1,
		.retain_min = 10,
		.retain_days = 30,
		.locking_dir = "/run/lock/lvm" };
	below(s->archive_dir, system_dir(), "archive");
	below(s->backup_dir, system_dir(), "backup");
}

/* The text, and where in it. Sections are the length of key that they made. */
struct reader {
	const char *p, *end;
	unsigned line;
	char key[KEY_MAX];
	size_t depth, mark[DEPTH_MAX];
};

static int peek(struct reader *r)
{
	while (r->p < r->end) {
		if (*r->p == '\n')
			r->line++;
		else if (*r->p == '#')
			while (r->p + 1 < r->end && r->p[1] != '\n')
				r->p++;
		else if (!isspace((unsigned char)*r->p))
			return (unsigned char)*r->p;
		r->p++;
	}
	return -1;
}

/* A string without its quotes; \" and \\ are characters. */
static int quoted(struct reader *r, char *out, size_t room)
{
	char quote = *r->p++;
	size_t n = 0;

	for (; r->p < r->end && *r->p != quote; r->p++) {
		if (*r->p == '\\' && quote == '"' && r->p + 1 < r->end)
			r->p++;
		if (*r->p == '\n' || n + 1 >= room)
			return -EBADMSG;
		out[n++] = *r->p;
	}
	out[n] = '\0';
	return r->p < r->end ? (r->p++, 0) : -EBADMSG;
}

static bool bare_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_-./+:@%", c));
}

static int bare(struct reader *r, char *out, size_t room)
{
	size_t n = 0;

	for (; r->p < r->end && bare_char(*r->p); r->p++) {
		if (n + 1 >= room)
			return -EBADMSG;
		out[n++] = *r->p;
	}
	out[n] = '\0';
	return n ? 0 : -EBADMSG;
}

static int scalar(struct reader *r, char *out, size_t room)
{
	int c = peek(r);

	return c == '"' || c == '\'' ? quoted(r, out, room) : bare(r, out, room);
}

/* Lists are read over: nothing asked for is one. */
static int value(struct reader *r, char *out, size_t room)
{
	int err;

	if (peek(r) != '[')
		return scalar(r, out, room);
	for (r->p++; peek(r) != ']';) {
		if ((err = scalar(r, out, room)) < 0)
			return err;
		if (peek(r) == ',')
			r->p++;
	}
	r->p++;
	out[0] = '\0';
	return 0;
}

static int number(const char *text, unsigned *out)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)text[0]) || *end || v > INT32_MAX)
		return -EBADMSG;
	*out = (unsigned)v;
	return 0;
}

static int assign(struct settings *s, const char *key, const char *text)
{
	const struct {
		const char *key;
		unsigned *number;
		char *path;
	} known[] = {
		{ "backup/retain_min", &s->retain_min, NULL },
		{ "backup/retain_days", &s->retain_days, NULL },
		{ "backup/archive", (unsigned *)&s->archive, NULL },
		{ "backup/archive_dir", NULL, s->archive_dir },
		{ "backup/backup_dir", NULL, s->backup_dir },
		{ "global/locking_dir", NULL, s->locking_dir },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(key, known[i].key) != 0)
			continue;
		if (known[i].number)
			return number(text, known[i].number);
		if (text[0] != '/' || strlen(text) >= PATH_MAX)
			return -EBADMSG;
		memcpy(known[i].path, text, strlen(text) + 1);
	}
	return 0;
}

static int statement(struct settings *s, struct reader *r)
{
	size_t base = strlen(r->key), at = base;
	char text[PATH_MAX];
	int err, c = peek(r);

	if (c == '}') {
		if (r->depth == 0)
			return -EBADMSG;
		r->key[r->mark[--r->depth]] = '\0';
		r->p++;
		return 0;
	}
	if (base + 2 >= KEY_MAX)
		return -EBADMSG;
	if (base)
		r->key[at++] = '/';
	if ((err = scalar(r, r->key + at, KEY_MAX - at)) < 0)
		return err;
	c = peek(r);
	if (c == '{' && r->depth < DEPTH_MAX) {
		r->mark[r->depth++] = base;
		r->p++;
		return 0;
	}
	if (c != '=')
		return -EBADMSG;
	r->p++;
	if ((err = value(r, text, sizeof(text))) == 0)
		err = assign(s, r->key, text);
	r->key[base] = '\0';
	return err;
}

int settings_parse(struct settings *s, const char *text, size_t len, unsigned *line)
{
	struct reader r = { .p = text, .end = text + len, .line = 1 };
	int err = 0;

	while (err == 0 && peek(&r) >= 0)
		err = statement(s, &r);
	*line = r.line;
	return err < 0 || r.depth ? -EBADMSG : 0;
}

static int read_file(struct settings *s, const char *path)
{
	_cleanup_free_ char *text = NULL;
	unsigned line = 0;
	size_t n = 0;
	int r;

	if ((r = slurp_file(path, CONFIG_MAX, &text, &n)) < 0)
		return r;
	if (settings_parse(s, text, n, &line) < 0) {
		diag_at(path, line, "not understood");
		return -EBADMSG;
	}
	snprintf(s->source, sizeof(s->source), "%s", path);
	return 0;
}

static int start_lvmconfig(struct settings *s)
{
	const char *const argv[] = { "lvmconfig", "--typeconfig", "full", NULL };

	/* Descriptors that a shell left open are not worth a warning each. */
	setenv("LVM_SUPPRESS_FD_WARNINGS", "1", 0);
	return child_start(&s->lvmconfig, argv, false);
}

static int read_lvmconfig(struct settings *s)
{
	_cleanup_free_ char *text = NULL;
	unsigned line = 0;
	size_t n = 0;

	if (child_wait(&s->lvmconfig, CONFIG_MAX, &text, &n) != 0 ||
		settings_parse(s, text, n, &line) < 0)
		return -ENOENT;
	snprintf(s->source, sizeof(s->source), "lvmconfig");
	return 0;
}

static int read_lvm_conf(struct settings *s)
{
	char path[PATH_MAX];
	int err;

	below(path, system_dir(), "lvm.conf");
	err = read_file(s, path);
	if (err == -ENOENT)
		return 0;
	if (err < 0 && err != -EBADMSG)
		diag_errno(-err, "%s", path);
	return err;
}

int settings_start(struct settings *s, const char *file)
{
	int err;

	settings_default(s);
	if (!file) {
		if (geteuid() == 0)
			start_lvmconfig(s); /* without it there is the file */
		return 0;
	}
	s->known = true;
	if ((err = read_file(s, file)) < 0 && err != -EBADMSG)
		diag_errno(-err, "%s", file);
	return err;
}

int settings_finish(struct settings *s)
{
	int err = 0;

	if (s->known)
		return 0;
	if (s->lvmconfig.pid <= 0 || read_lvmconfig(s) < 0) {
		settings_default(s);
		err = read_lvm_conf(s);
	}
	s->known = true;
	return err;
}

void cleanup_settings(struct settings *s)
{
	child_drop(&s->lvmconfig);
}
