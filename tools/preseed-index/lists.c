// SPDX-License-Identifier: MIT
/* lists.c - what packages list that is no question: locales, user names, time zones. */
#include "gather.h"

#include <string.h>

void list_read(struct gather *g, struct names *list, const char *text, size_t len)
{
	const char *p = text, *end = text + len, *nl;

	for (; p < end; p = nl + 1) {
		size_t n = 0;

		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		while (p + n < nl && p[n] && p[n] != ';')
			n++;
		if (n && *p != '#')
			gather_name(list, pool_strndup(g->pool, p, n));
	}
}

/* What a link at name points to, below the folder of zones; NULL if that is outside. */
static const char *resolve(struct pool *pool, const char *name, const char *target)
{
	size_t dir = 0;

	for (size_t i = 0; name[i]; i++)
		if (name[i] == '/')
			dir = i + 1;
	if (target[0] == '/')
		return NULL;
	while (strncmp(target, "../", 3) == 0 && dir) {
		target += 3;
		for (dir--; dir && name[dir - 1] != '/';)
			dir--;
	}
	if (strncmp(target, "../", 3) == 0)
		return NULL;
	return pool_printf(pool, "%.*s%s", (int)dir, name, target);
}

void zone_read(
	struct gather *g, const struct source *s, const char *path, const char *target)
{
	static const char folder[] = "usr/share/zoneinfo/";
	const char *name = path + sizeof(folder) - 1, *right = "";

	if (strncmp(path, folder, sizeof(folder) - 1) != 0)
		return;
	/* the folder's other files: tables and sources, a link to the host's own */
	if (strchr(name, '.') || strcmp(name, "leapseconds") == 0 ||
		strcmp(name, "SECURITY") == 0 || strcmp(name, "localtime") == 0)
		return;
	if (strcmp(s->package, "tzdata") != 0) {
		right = target ? resolve(g->pool, name, target) : NULL;
		/* "right/" counts leap seconds; what else it is called is the same */
		if (!right)
			right = strncmp(name, "right/", 6) == 0	  ? name + 6
				: strncmp(name, "posix/", 6) == 0 ? name + 6
								  : name;
		if (strncmp(right, "right/", 6) == 0)
			right += 6;
		right = pool_strdup(g->pool, right);
	}
	gather_pair(&g->zone, pool_strdup(g->pool, name), right);
}
