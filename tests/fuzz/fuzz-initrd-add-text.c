// SPDX-License-Identifier: MIT
/* The texts that initrd-add takes from others: templates, package status, preseed. */
// uses: tools/initrd-add/templates.c
// uses: tools/initrd-add/status.c
// uses: tools/initrd-add/answers.c
// uses: tools/initrd-add/tree.c
#include "../../tools/initrd-add/answers.h"
#include "../../tools/initrd-add/status.h"
#include "../../tools/initrd-add/templates.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void templates(const char *text, size_t len)
{
	char *once = NULL, *twice = NULL;
	size_t n, m;
	unsigned line;

	if (templates_strip(text, len, &once, &n, &line) < 0)
		return;
	/* Nothing is left that would go if done again. */
	if (n > len || templates_strip(once, n, &twice, &m, &line) < 0 || m != n)
		abort();
	free(once);
	free(twice);
}

static void status(const char *text, size_t len)
{
	struct status st = { 0 }, again = { 0 };
	const char *why;
	unsigned line;
	size_t n;
	char *out;

	status_add(&st, text, len, &why);
	if (status_parse(&st, text, len, &line, &why) == 0) {
		if (st.count)
			status_installed(st.list);
		out = status_text(&st, &n);
		if (!out || status_parse(&again, out, n, &line, &why) < 0 ||
			again.count != st.count)
			abort();
		free(out);
	}
	status_free(&st);
	status_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct answers a = { 0 };
	const char *why;
	unsigned line;

	templates(text, size);
	status(text, size);
	answers_parse(&a, text, size, &line, &why);
	answers_free(&a);
	return 0;
}
