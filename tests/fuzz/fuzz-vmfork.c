// SPDX-License-Identifier: MIT
/* A saved guest's manifest and the beginning of its memory image, from one input. */
// uses: tools/vmfork/manifest.c tools/vmfork/savefile.c
#include "../../tools/vmfork/manifest.h"
#include "../../tools/vmfork/savefile.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void manifest(const char *text, size_t n)
{
	struct manifest m;
	const char *key;
	unsigned line;

	if (manifest_parse(&m, text, n, &line, &key) < 0)
		return;
	for (size_t i = 0; i < m.disks; i++)
		if (strchr(m.disk[i].target, '/') || strchr(m.disk[i].format, '/'))
			abort();
	manifest_free(&m);
}

static void savefile(const void *data, size_t n)
{
	struct savefile s, again;
	size_t len;
	void *out;

	if (savefile_parse(&s, data, n) < 0)
		return;
	if (s.stream > n)
		abort();
	if (savefile_make(&s, s.xml, &out, &len) == 0) {
		if (savefile_parse(&again, out, len) < 0 ||
			strcmp(s.xml, again.xml) != 0 || !s.cookie != !again.cookie)
			abort();
		savefile_free(&again);
		free(out);
	}
	savefile_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	manifest((const char *)data, size);
	savefile(data, size);
	return 0;
}
