// SPDX-License-Identifier: MIT
/* The archives that initrd-add takes from others: cpio, as it is and compressed. */
// uses: tools/initrd-add/tree.c
// uses: tools/initrd-add/newc.c
// uses: tools/initrd-add/unpack.c
// needs: libarchive zlib
#include "../../tools/initrd-add/newc.h"
#include "../../tools/initrd-add/unpack.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void cpio(const char *buf, size_t len)
{
	struct tree t = { 0 };
	const char *why;
	size_t used;
	volatile char sum = 0;
	struct node **list;

	if (newc_read(&t, buf, len, &used, &why) == 0 && used > len)
		abort();
	list = tree_list(&t);
	for (size_t i = 0; list && i < t.count; i++)
		for (size_t j = 0; j < list[i]->size; j++)
			sum = (char)(sum + list[i]->data[j]);
	free(list);
	tree_free(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *buf = (const char *)data, *why;
	size_t len, used;
	char *out;

	cpio(buf, size);
	if (unpack(buf, size, 1 << 20, &out, &len, &used, &why) == 0) {
		if (used > size)
			abort();
		cpio(out, len);
		free(out);
	}
	return 0;
}
