// SPDX-License-Identifier: MIT
/* Events of Ubuntu's installer, and what else is in their lines, to what a person sees. */
// uses: tools/di-events/subiquity.c tools/di-events/show.c tools/di-events/pace.c
// uses: tools/di-events/question.c
#include "../../tools/di-events/show.h"
#include "../../tools/di-events/subiquity.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	FILE *f;
	double t;
	bool over;
};

/* Time goes on; after the end, or after an error, there is no other end. */
static void tell(void *opaque, const struct event *e)
{
	struct seen *s = opaque;

	if (e->t < s->t || !e->id || !e->text)
		abort();
	if ((e->kind == EV_DONE || e->kind == EV_ERROR) && s->over)
		abort();
	s->over = s->over || e->kind == EV_DONE || e->kind == EV_ERROR;
	s->t = e->t;
	show_json(s->f, e);
	show_text(s->f, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *out = NULL, *rest;
	size_t n = 0;
	struct seen s = { .f = open_memstream(&out, &n) };
	struct subiquity in = {
		.tell = tell, .opaque = &s, .nonce = size & 1 ? "abc" : NULL
	};

	if (!text || !s.f)
		abort();
	for (char *line = strtok_r(text, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest))
		subiquity_line(&in, line);
	fclose(s.f);
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)out[i] < 0x20 && out[i] != '\n' && out[i] != '\t') ||
			out[i] == 0x7f)
			abort();
	subiquity_free(&in);
	free(text);
	free(out);
	return 0;
}
