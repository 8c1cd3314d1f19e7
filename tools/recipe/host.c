// SPDX-License-Identifier: MIT
/* host.c - reads the host's own settings, to guess what a recipe does not say. */
#include "host.h"

#include "beneath.h"
#include "cleanup.h"
#include "slurp.h"
#include "release.h"
#include "utf8.h"
#include "values.h"

#include <fcntl.h>
#include <glob.h>
#include <pwd.h>
#include <string.h>

const char *host_text(const struct host *h, const char *path)
{
	const char *full = pool_printf(h->pool, "%s%s", h->root, path);
	_cleanup_close_ int fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text;
	size_t len;

	if (fd < 0 || slurp_fd(fd, 1 << 20, &text, &len) < 0)
		return NULL;
	return pool_adopt(h->pool, text);
}

/* Splits text in place: the next line, NULL at the end. */
static char *next_line(char **text)
{
	char *line = *text, *nl;

	if (!line || !*line)
		return NULL;
	nl = strchrnul(line, '\n');
	*text = *nl ? nl + 1 : nl;
	*nl = '\0';
	return line;
}

/* NAME=value or NAME="value" of a file of such lines, the last counts. */
static const char *assigned(const struct host *h, const char *path, const char *name)
{
	const char *found = NULL, *text = host_text(h, path);
	char *rest = text ? pool_strdup(h->pool, text) : NULL;
	size_t n = strlen(name);

	for (char *line; (line = next_line(&rest));) {
		char *value = line + n + 1;

		if (strncmp(line, name, n) != 0 || line[n] != '=')
			continue;
		value += strspn(value, "\"'");
		value[strcspn(value, "\"' \t")] = '\0';
		found = value;
	}
	return found && *found ? found : NULL;
}

const char *host_locale(const struct host *h, const char **source)
{
	static const char *const names[] = { "LC_ALL", "LANG" };
	const char *known = NULL, *value;

	for (size_t i = 0; i < 2 && !known; i++) {
		value = getenv(names[i]);
		known = value && *value ? locale_known(value) : NULL;
		*source = pool_printf(h->pool, "$%s", names[i]);
	}
	if (!known && (value = assigned(h, "/etc/default/locale", "LANG"))) {
		known = locale_known(value);
		*source = "/etc/default/locale";
	}
	return known;
}

const char *host_keyboard(const struct host *h, const char **source)
{
	static const char file[] = "/etc/default/keyboard";
	const char *said = assigned(h, file, "XKBLAYOUT");
	const char *variant = assigned(h, file, "XKBVARIANT");
	char *layout = said ? pool_strdup(h->pool, said) : NULL;
	char *both;

	if (!layout)
		return NULL;
	*source = file;
	layout[strcspn(layout, ",")] = '\0';
	if (variant && *variant != ',') {
		both = pool_printf(h->pool, "%s(%.*s)", layout,
			(int)strcspn(variant, ","), variant);
		if (keymap_known(both))
			return both;
	}
	return keymap_known(layout) ? layout : NULL;
}

const char *host_timezone(const struct host *h, const char **source)
{
	const char *text = host_text(h, "/etc/timezone");
	char link[512];
	char *zone, *at;
	ssize_t n;
	struct why why;

	*source = "/etc/timezone";
	if (text) {
		zone = pool_strndup(h->pool, text, strcspn(text, "\n"));
		if (zone_ok(zone, &why))
			return zone_known(zone);
	}
	*source = "/etc/localtime";
	n = readlink(pool_printf(h->pool, "%s/etc/localtime", h->root), link,
		sizeof(link) - 1);
	link[n > 0 ? n : 0] = '\0';
	at = strstr(link, "zoneinfo/");
	return at && zone_ok(at + 9, &why) ? zone_known(at + 9) : NULL;
}

/* A mirror of the distribution itself, and not of its security archive or updates. */
static bool is_mirror(const char *uri, const char *suites, const struct distribution *of)
{
	const struct release *r;
	struct why why;
	char suite[64];

	if (!url_ok(uri, &why))
		return false;
	for (; *suites; suites += strspn(suites, " \t")) {
		size_t n = strcspn(suites, " \t");

		snprintf(suite, sizeof(suite), "%.*s", (int)(n < 60 ? n : 60), suites);
		r = release_find(suite);
		if (r && r->of == of)
			return true;
		suites += n;
	}
	return false;
}

/* deb [options] URI SUITE COMPONENT... */
static const char *list_mirror(struct pool *p, char *text, const struct distribution *of)
{
	for (char *line; (line = next_line(&text));) {
		char *save, *word = strtok_r(line, " \t", &save);
		char *suite;

		if (!word || strcmp(word, "deb") != 0)
			continue;
		word = strtok_r(NULL, " \t", &save);
		if (word && *word == '[') {
			while (word && !strchr(word, ']'))
				word = strtok_r(NULL, " \t", &save);
			word = strtok_r(NULL, " \t", &save);
		}
		suite = strtok_r(NULL, " \t", &save);
		if (word && suite && is_mirror(word, suite, of))
			return pool_strdup(p, word);
	}
	return NULL;
}

/* Stanzas of "Field: value" lines, an empty line between. */
static const char *sources_mirror(
	struct pool *p, char *text, const struct distribution *of)
{
	char *uri = NULL, *suites = NULL;
	bool enabled = true, deb = true;

	for (char *line; text;) {
		line = next_line(&text);
		if (line && strncasecmp(line, "URIs:", 5) == 0) {
			uri = line + 5 + strspn(line + 5, " \t");
			uri[strcspn(uri, " \t")] = '\0';
		} else if (line && strncasecmp(line, "Suites:", 7) == 0) {
			suites = line + 7 + strspn(line + 7, " \t");
		} else if (line && strncasecmp(line, "Types:", 6) == 0) {
			deb = strcmp(line + 6 + strspn(line + 6, " \t"), "deb-src") !=
			      0;
		} else if (line && strncasecmp(line, "Enabled:", 8) == 0) {
			enabled = !strcasestr(line, "no");
		} else if (!line || !line[strspn(line, " \t")]) {
			if (uri && suites && enabled && deb &&
				is_mirror(uri, suites, of))
				return pool_strdup(p, uri);
			uri = suites = NULL;
			enabled = deb = true;
		}
		if (!line)
			break;
	}
	return NULL;
}

static const char *mirror_in(
	const struct host *h, const char *path, const struct distribution *of)
{
	const char *text = host_text(h, path);
	size_t n = strlen(path);
	char *copy = text ? pool_strdup(h->pool, text) : NULL;
	char *url;
	const char *found;

	if (!copy)
		return NULL;
	found = n > 8 && strcmp(path + n - 8, ".sources") == 0
			? sources_mirror(h->pool, copy, of)
			: list_mirror(h->pool, copy, of);
	if (!found)
		return NULL;
	url = pool_strdup(h->pool, found);
	for (n = strlen(url); n && url[n - 1] == '/';)
		url[--n] = '\0';
	return url;
}

const char *host_mirror(
	const struct host *h, const struct distribution *of, const char **source)
{
	const char *found = mirror_in(h, "/etc/apt/sources.list", of);
	glob_t g = { 0 };

	*source = "/etc/apt/sources.list";
	if (found)
		return found;
	glob(pool_printf(h->pool, "%s/etc/apt/sources.list.d/*.list", h->root), 0, NULL,
		&g);
	glob(pool_printf(h->pool, "%s/etc/apt/sources.list.d/*.sources", h->root),
		GLOB_APPEND, NULL, &g);
	for (size_t i = 0; i < g.gl_pathc && !found; i++) {
		*source = pool_strdup(h->pool, g.gl_pathv[i] + strlen(h->root));
		found = mirror_in(h, *source, of);
	}
	globfree(&g);
	return found;
}

/* Under sudo the person is who called it. *shown is how a shell would say it. */
static const char *home(struct pool *p, const char **shown)
{
	const char *user = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *pw = user ? getpwnam(user) : NULL;

	*shown = pw ? pool_printf(p, "~%s", user) : "~";
	if (pw)
		return pool_strdup(p, pw->pw_dir);
	user = getenv("HOME");
	if (user && *user == '/')
		return user;
	pw = getpwuid(getuid());
	return pw ? pool_strdup(p, pw->pw_dir) : "/nonexistent";
}

const char *host_ssh_keys(const struct host *h, const char **source)
{
	struct host person = { h->pool, "" };
	const char *all = "", *shown, *dir = home(h->pool, &shown);
	struct why why;
	glob_t g = { 0 };

	*source = pool_printf(h->pool, "%s/.ssh/id_*.pub", shown);
	glob(pool_printf(h->pool, "%s/.ssh/id_*.pub", dir), 0, NULL, &g);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		const char *text = host_text(&person, g.gl_pathv[i]);
		char *key = pool_strndup(
			h->pool, text ? text : "", text ? strcspn(text, "\n") : 0);

		/* What is no key is the person's own business, not an error. */
		if (!text_fault(key, strlen(key)) && ssh_key_ok(key, &why))
			all = pool_printf(h->pool, "%s%s\n", all, key);
	}
	globfree(&g);
	return all;
}
