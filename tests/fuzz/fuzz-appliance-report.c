// SPDX-License-Identifier: MIT
/* Manifests and what is drawn of their steps; lines of a console. */
// uses: tools/appliance-report/manifest.c
// uses: tools/appliance-report/timeline.c
// uses: tools/appliance-report/text.c
#include "../../tools/appliance-report/timeline.h"
#include "cleanup.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is written is text, whatever was read: elements are the drawing's own. */
static void judge(const char *svg, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)svg[i];

		if ((c < 0x20 && c != '\n') || c == 0x7f)
			abort();
		if (c == '<' && !strchr("slrgt/", svg[i + 1]))
			abort();
	}
	if (memmem(svg, n, "<script", 7))
		abort();
}

/* As on a terminal: no more than there was, and nothing left that acts on one. */
static void shown(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *buf = malloc(size + !size);
	const struct slice line =
		buf ? slice_shown((struct slice){ (const char *)data, size }, buf)
		    : (struct slice){ "", 0 };

	if (line.n > size || memchr(line.s, '\33', line.n) ||
		memchr(line.s, '\a', line.n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest m = { 0 };
	struct steps s = { 0 };
	struct timeline t = { 0 };
	struct slice line;
	size_t i = 0, n = 0;
	_cleanup_free_ char *svg = NULL;
	FILE *f;

	shown(data, size);
	if (manifest_read(&m, (struct slice){ (const char *)data, size }) < 0)
		abort();
	while (manifest_next(&m, "step", &i, &line))
		if (steps_add(&s, line) < 0)
			abort();
	if (timeline_make(&t, &s) < 0)
		abort();
	for (size_t k = 0; k < t.n; k++)
		if (!(t.spans[k].from <= t.spans[k].to && t.spans[k].to <= t.all))
			abort();
	timeline_merge(&t);
	if (!(f = open_memstream(&svg, &n)))
		abort();
	timeline_svg(&t, true, f);
	fclose(f);
	judge(svg, n);
	timeline_end(&t);
	steps_end(&s);
	manifest_end(&m);
	return 0;
}
