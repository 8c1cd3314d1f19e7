// SPDX-License-Identifier: MIT
/* What a saved guest must find again: QEMU and, where it has the host's, the processor.
 */
#include "vmfork.h"
#include "cleanup.h"

#include <inttypes.h>
#include <string.h>

char *host_qemu(virConnectPtr c)
{
	unsigned long v = 0;
	char *text = NULL;

	if (virConnectGetVersion(c, &v) < 0 ||
		asprintf(&text, "%lu.%lu.%lu", v / 1000000, v / 1000 % 1000, v % 1000) <
			0)
		return NULL;
	return text;
}

static void add(uint64_t *hash, const char *s)
{
	for (; *s && *s != '\n'; s++)
		*hash = (*hash ^ (unsigned char)*s) * 0x100000001b3U;
}

/* The first processor's name and a hash (FNV-1a) of what it can. */
static char *first_cpu(FILE *f)
{
	_cleanup_free_ char *line = NULL, *name = NULL;
	uint64_t hash = 0xcbf29ce484222325U;
	size_t room = 0;
	char *text = NULL;

	while (getline(&line, &room, f) > 1) {
		const char *value = strchr(line, ':');

		if (value && strncmp(line, "model name", 10) == 0 && !name)
			name = strndup(value + 2, strcspn(value + 2, "\n"));
		if (value && strncmp(line, "flags", 5) == 0)
			add(&hash, value);
	}
	if (asprintf(&text, "%s %016" PRIx64, name ? name : "unknown", hash) < 0)
		return NULL;
	return text;
}

char *host_cpu(const char *model)
{
	_cleanup_fclose_ FILE *f = NULL;

	if (strcmp(model, "host-passthrough") != 0)
		return strdup("-");
	f = fopen("/proc/cpuinfo", "re");
	return f ? first_cpu(f) : strdup("unknown");
}
