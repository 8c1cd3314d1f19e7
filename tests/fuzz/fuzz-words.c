// SPDX-License-Identifier: MIT
/* The guest's words, cut up as its first byte says. */
// uses: tools/vmrun/words.c
#include "../../tools/vmrun/words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void say(void *opaque, const struct word *w)
{
	const int failed = w->kind == WORD_FAILED;
	size_t *n = opaque;

	if ((w->kind == WORD_DATA || failed) != (w->key != NULL) ||
		failed != (w->object != NULL) || strchr(w->text, '\n'))
		abort();
	if (failed && (!*w->key || !*w->object || strpbrk(w->key, " \n=") ||
			      strpbrk(w->object, " \n")))
		abort();
	*n += strlen(w->text);
	if (w->kind == WORD_DATA)
		*n += strlen(w->key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t heard = 0, part, all = size;
	struct words w = { .nonce = "n", .say = say, .opaque = &heard };

	if (size == 0)
		return 0;
	part = (size_t)*data + 1;
	data++, size--;
	while (size) {
		const size_t n = size < part ? size : part;

		if (words_feed(&w, (const char *)data, n) < 0)
			abort();
		data += n;
		size -= n;
	}
	if (heard > all)
		abort();
	words_free(&w);
	return 0;
}
