#include "qemuarg.h"
#include "cleanup.h"

#include <stdio.h>
#include <string.h>

#define PATH ",mem-path="

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

static char *memory(const char *how, const char *more, const char *path,
	unsigned long long kib)
{
	_cleanup_free_ char *escaped = comma_twice(path);
	char *arg = NULL;

	if (escaped && asprintf(&arg, "%s%lluK%s" PATH "%s", how, kib, more, escaped) < 0)
		arg = NULL;
	return arg;
}

char *qemuarg_shared(const char *path, unsigned long long kib)
{
	return memory(QEMUARG_SHARED, "", path, kib);
}

/* Read only is the file; rom=off: the guest's memory is not (QEMU 8.2). */
char *qemuarg_private(const char *path, unsigned long long kib)
{
	return memory(QEMUARG_PRIVATE, ",readonly=on,rom=off", path, kib);
}

char *qemuarg_memory_file(const char *value)
{
	const char *from = strstr(value, PATH);
	char *out, *p;

	if (!from)
		return NULL;
	from += strlen(PATH);
	p = out = malloc(strlen(from) + 1);
	for (; out && *from; from++) {
		*p++ = *from;
		if (from[0] == ',' && from[1] == ',')
			from++;
	}
	if (out)
		*p = '\0';
	return out;
}
