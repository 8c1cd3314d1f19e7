// SPDX-License-Identifier: MIT
/* syscost's reader of JSON. */
// uses: tools/syscost/saved.c
#include "../../tools/syscost/compare.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct saved s;
	unsigned line;

	saved_parse(&s, (const char *)data, size, &line);
	return 0;
}
