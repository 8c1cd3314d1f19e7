// SPDX-License-Identifier: MIT
/* Any bytes as an EFI program: looked at, and no further than they go. */
// uses: tools/grubify/pe.c

#include "../../tools/grubify/pe.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pe_is_signed(data, size);
	return 0;
}
