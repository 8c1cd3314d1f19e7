// SPDX-License-Identifier: MIT
#include "qemuarg.h"
#include "cleanup.h"

#include <stdio.h>
#include <string.h>

/* A comma in a value is written twice. */
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

char *qemuarg_gate(const char *path)
{
	_cleanup_free_ char *escaped = comma_twice(path);
	char *arg = NULL;

	if (escaped &&
		asprintf(&arg, QEMUARG_GATE "server=off,addr.type=unix,addr.path=%s",
			escaped) < 0)
		arg = NULL;
	return arg;
}

/* rom=off: read only is the file, not the memory. */
char *qemuarg_private(const char *path, unsigned long long kib)
{
	_cleanup_free_ char *escaped = comma_twice(path);
	char *arg = NULL;

	if (escaped &&
		asprintf(&arg,
			QEMUARG_PRIVATE "readonly=on,rom=off,size=%lluK,mem-path=%s",
			kib, escaped) < 0)
		arg = NULL;
	return arg;
}
