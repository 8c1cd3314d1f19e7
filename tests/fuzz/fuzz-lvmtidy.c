// SPDX-License-Identifier: MIT
/* lvmtidy's readers: lvm.conf, and the names of files. */
// uses: tools/lvmtidy/settings.c tools/lvmtidy/names.c
#include "../../tools/lvmtidy/names.h"
#include "../../tools/lvmtidy/settings.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct settings s;
	struct name n = { 0 };
	unsigned line;

	memcpy(text, data, size);
	text[size] = '\0';
	name_parse(text, &n);
	if (n.kind != NAME_FOREIGN &&
		(n.owner < text || n.owner + n.owner_len > text + strlen(text)))
		abort();
	settings_default(&s);
	settings_parse(&s, (const char *)data, size, &line);
	free(text);
	return 0;
}
