// SPDX-License-Identifier: MIT
/* A stored file's header, or a list of checksums, as the first byte says. */
// uses: tools/pkgcache/target.c
// uses: tools/pkgcache/header.c
// uses: tools/pkgcache/sums.c
// needs: libxxhash
#include "../../tools/pkgcache/header.h"
#include "../../tools/pkgcache/sums.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void header(const char *data, size_t size)
{
	char *block = calloc(1, HEADER_SIZE), again[HEADER_SIZE];
	struct header h;
	size_t covered;

	memcpy(block, data, size < HEADER_SIZE ? size : HEADER_SIZE);
	if (header_read(block, &h, &covered)) {
		struct header other;
		size_t n = header_write(&h, again);

		if (covered >= HEADER_SIZE || n >= HEADER_SIZE ||
			!header_read(again, &other, &covered) ||
			memcmp(&h, &other, sizeof(h)) != 0)
			abort();
	}
	free(block);
}

static void list(const char *data, size_t size)
{
	char *text = malloc(size + 1);
	struct sums s = { 0 };

	memcpy(text, data, size);
	sums_add(&s, "h.org_debian_dists_x_Packages", text, size);
	sums_know(&s, "http://h.org/debian/pool/a.deb");
	sums_free(&s);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (*data & 1)
		header((const char *)data + 1, size - 1);
	else
		list((const char *)data + 1, size - 1);
	return 0;
}
