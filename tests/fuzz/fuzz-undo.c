// SPDX-License-Identifier: MIT
/* Any bytes as an undo record: parsed or refused, never read past its end. */
// uses: tools/grubify/undo.c
// needs: ext2fs

#include "../../tools/grubify/undo.h"
#include "bytes.h"

#include <ext2fs/ext2fs.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);
	struct undo_record rec;
	unsigned sum = 0;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	/* the right checksum, so that what lies behind it is reached */
	if (size > 24)
		put_le32(copy + 20,
			ext2fs_crc32c_le(~0U, (unsigned char *)copy + 24, size - 24));
	if (undo_parse(&rec, copy, size) == 0) {
		for (size_t i = 0; i < rec.n; i++)
			for (uint32_t k = 0; rec.pages[i].old && k < rec.pages[i].len;
				k++)
				sum += rec.pages[i].old[k];
		undo_free(&rec);
	}
	free(copy);
	return sum == 12345678 ? -1 : 0;
}
