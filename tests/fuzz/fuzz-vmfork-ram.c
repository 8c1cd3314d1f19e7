// SPDX-License-Identifier: MIT
/* Any bytes as QEMU's stream: what is left is one, and has no memory any more. */
// uses: tools/vmfork/ram.c
#include "../../tools/vmfork/ram.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE = 16 * 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take(const void *data, size_t n, char **out, size_t *left, blkcnt_t *blocks)
{
	const int memory = memfd_create("memory", 0);
	FILE *from = fmemopen((void *)(uintptr_t)data, n, "r");
	FILE *to = open_memstream(out, left);
	struct stat st;
	int r;

	if (!from || !to || ftruncate(memory, SIZE) < 0)
		abort();
	r = ram_take_out(from, to, memory, SIZE);
	fclose(from);
	fclose(to);
	if (fstat(memory, &st) < 0 || st.st_size != SIZE)
		abort();
	*blocks = st.st_blocks;
	close(memory);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *once = NULL, *twice = NULL;
	size_t n = 0, m = 0;
	blkcnt_t blocks;

	if (size == 0)
		return -1;
	if (take(data, size, &once, &n, &blocks) == 0 &&
		(take(once, n, &twice, &m, &blocks) != 0 || blocks != 0 || n != m ||
			memcmp(once, twice, n) != 0))
		abort();
	free(once);
	free(twice);
	return 0;
}
