// SPDX-License-Identifier: MIT
/* A request's target and its Host header, parted by a newline. */
// uses: tools/pkgcache/target.c
#include "../../tools/pkgcache/target.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *raw = calloc(1, size + 1), *host;
	struct target t, again;

	memcpy(raw, data, size);
	host = strchr(raw, '\n');
	if (host)
		*host++ = '\0';
	if (target_parse(raw, host, &t) == ALLOWED) {
		/* what is kept and asked for is an address as this has them */
		if (strncmp(t.url, "http://", 7) != 0 || strpbrk(t.url, "?#@\\ ") ||
			strstr(t.url, "/../") || strstr(t.url, "/./") ||
			strstr(t.url + 7, "//") || strstr(t.url, "%2e") ||
			strstr(t.url, "%2f") || strlen(t.url) > URL_MAX_LEN)
			abort();
		for (const char *p = t.url; *p; p++)
			if (*p <= ' ' || *p > '~')
				abort();
		/* and one spelling: its own is the same */
		if (target_parse(t.url, NULL, &again) != ALLOWED ||
			memcmp(&t, &again, sizeof(t)) != 0)
			abort();
	}
	free(raw);
	return 0;
}
