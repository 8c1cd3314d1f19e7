#include "netdev.h"
#include "cleanup.h"

#include <stdio.h>
#include <string.h>

/* QEMU's own option syntax: a comma in a value is written twice. */
static char *comma_twice(const char *s)
{
	char *out = malloc(2 * strlen(s) + 1), *p = out;

	for (; out && *s; s++) {
		*p++ = *s;
		if (*s == ',')
			*p++ = ',';
	}
	if (out)
		*p = '\0';
	return out;
}

char *netdev_gate(const char *path)
{
	_cleanup_free_ char *escaped = comma_twice(path);
	char *arg = NULL;

	if (escaped &&
		asprintf(&arg, NETDEV_GATE "server=off,addr.type=unix,addr.path=%s",
			escaped) < 0)
		arg = NULL;
	return arg;
}
