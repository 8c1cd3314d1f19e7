// SPDX-License-Identifier: MIT
/* An installation's log and debconf's traffic, to events, to what a person sees. */
// uses: tools/di-events/line.c tools/di-events/question.c tools/di-events/installer.c
// uses: tools/di-events/show.c tools/di-events/pace.c tools/di-events/faults.c
#include "../../tools/di-events/installer.h"
#include "../../tools/di-events/pace.h"
#include "../../tools/di-events/show.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	FILE *f;
	struct pace pace;
	struct bar bar;
	double t;
};

static void tell(void *opaque, const struct event *e)
{
	struct seen *s = opaque;

	if (e->t < s->t || !e->id || !e->text)
		abort();
	s->t = e->t;
	if (e->kind == EV_FAULT && (!e->fault->package || !e->fault->source || !e->fault->kind))
		abort();
	pace_event(&s->pace, e);
	show_json(s->f, e);
	show_text(s->f, e);
	bar_event(&s->bar, &s->pace, e);
	bar_draw(&s->bar, &s->pace);
	if (pace_percent(&s->pace) < 0 || pace_percent(&s->pace) > 100)
		abort();
}

/* What the writers add themselves: ends of lines, and the bar's two sequences. */
static void check(const char *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)out[i];

		if (c == '\033' && i + 2 < n && out[i + 1] == '[' && out[i + 2] == 'K')
			continue;
		if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f)
			abort();
		if (c == 0xc2 && i + 1 < n && (unsigned char)out[i + 1] < 0xa0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *out = NULL, *rest, *line;
	size_t n = 0;
	struct seen s = { .f = open_memstream(&out, &n) };
	struct installer in = { .tell = tell, .opaque = &s };

	if (!text || !s.f)
		abort();
	s.bar = (struct bar){ .f = s.f, .name = "x", .redraws = size & 1 };
	pace_init(&s.pace);
	pace_parse(&s.pace, text);
	for (line = strtok_r(text, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest))
		installer_line(&in, line);
	installer_end(&in);
	bar_end(&s.bar);
	fclose(s.f);
	check(out, n);
	installer_free(&in);
	pace_free(&s.pace);
	free(text);
	free(out);
	return 0;
}
