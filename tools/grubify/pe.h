// SPDX-License-Identifier: MIT
#ifndef SEEDBED_GRUBIFY_PE_H
#define SEEDBED_GRUBIFY_PE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether an EFI program, the len bytes at data, has a signature: its header's
 * directory of certificates is not empty. By whom, or whether it is right, is not
 * looked at; what is no such program has none.
 *
 * Source: Microsoft's PE/COFF specification, "Optional Header Data Directories".
 */
bool pe_is_signed(const void *data, size_t len);

#endif
