// SPDX-License-Identifier: MIT
/* randomart's reader of lines: keys, certificates, fingerprints. */
// uses: tools/randomart/record.c tools/randomart/key.c
// needs: libcrypto
#include "../../tools/randomart/record.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1), fp[FINGERPRINT_MAX];
	struct record r;

	if (!hash_selected() && hash_select("sha256") < 0)
		abort();
	memcpy(line, data, size);
	line[size] = '\0';
	if (record_read(&r, line) == LINE_RECORD)
		record_fingerprint(&r, fp);
	free(line);
	return 0;
}
