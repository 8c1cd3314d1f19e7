// SPDX-License-Identifier: MIT
#include "timeline.h"

#include <errno.h>
#include <stdlib.h>

static const char BOOT[] = "boot: ";

static void add(
	struct timeline *t, struct slice name, double from, double to, bool boot)
{
	if (to < from) /* a clock that was set back */
		to = from;
	t->spans[t->n++] = (struct span){ name, from, to, 1, boot };
	if (to > t->all)
		t->all = to;
}

int timeline_make(struct timeline *t, const struct steps *s)
{
	const struct step *last = NULL;
	double booted;

	if (!(t->spans = calloc(s->n + 1, sizeof(*t->spans))))
		return -ENOMEM;
	for (size_t i = 0; i < s->n; i++) {
		const struct step *p = &s->list[i];

		if (slice_begins(p->name, BOOT))
			continue;
		if (last)
			add(t, last->name, last->at, p->at, false);
		else if (p->at > 0)
			add(t, slice_of("the installer boots"), 0, p->at, false);
		last = p;
	}
	if (last)
		add(t, last->name, last->at, last->at, false);
	t->install = booted = t->all;
	for (size_t i = 0; i < s->n; i++) {
		struct slice name = s->list[i].name;

		if (!slice_begins(name, BOOT))
			continue;
		name.s += sizeof(BOOT) - 1;
		name.n -= sizeof(BOOT) - 1;
		add(t, name, booted, t->install + s->list[i].at, true);
		booted = t->all;
	}
	return 0;
}

void timeline_end(struct timeline *t)
{
	free(t->spans);
}

static bool is_short(const struct timeline *t, const struct span *p)
{
	return p->to - p->from < t->all / 100;
}

static void drop_shortest(struct timeline *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->spans[i].to - t->spans[i].from > t->all / 200)
			t->spans[n++] = t->spans[i];
	t->n = n;
}

void timeline_merge(struct timeline *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct span *p = &t->spans[i];
		struct span *before = n ? &t->spans[n - 1] : NULL;

		if (before && before->boot == p->boot && is_short(t, p) &&
			(before->merged > 1 || is_short(t, before))) {
			before->to = p->to;
			before->merged++;
		} else {
			t->spans[n++] = *p;
		}
	}
	t->n = n;
	drop_shortest(t);
}

void timeline_name(const struct span *p, size_t max, FILE *f)
{
	if (p->merged > 1)
		fprintf(f, "%zu short steps", p->merged);
	else
		put_text(p->name, max, f);
}

/* --- the drawing --- */

enum { LABELS = 190, BARS = 340, NUMBERS = 80, ROW = 20, BAR = 12, TOP = 22 };
enum { WIDTH = LABELS + BARS + NUMBERS, LABEL_MAX = 28 };

const char timeline_style[] =
	".tl text{font:12px system-ui,sans-serif;fill:#1c2733}"
	".tl .v{font-variant-numeric:tabular-nums}"
	".tl .e{text-anchor:end}.tl .m{text-anchor:middle}"
	".tl .axis,.tl .few{fill:#5b6b7b}"
	".tl line{stroke:#d5dde5}"
	".tl .i{fill:#2f6fb3}.tl .b{fill:#3a8f5c}.tl .s{fill:#9aa9b8}"
	"@media (prefers-color-scheme:dark){"
	".tl text{fill:#dbe4ec}.tl .axis,.tl .few{fill:#94a4b4}"
	".tl line{stroke:#33414e}"
	".tl .i{fill:#5b9fe3}.tl .b{fill:#5fb985}.tl .s{fill:#6b7a89}}";

static double place(const struct timeline *t, double seconds)
{
	return LABELS + (t->all > 0 ? seconds / t->all * BARS : 0);
}

/* Lines at round times, some five of them. */
static void draw_axis(const struct timeline *t, int height, FILE *f)
{
	static const double rounds[] = { 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200,
		1800, 3600, 7200, 14400, 43200, 86400, 864000 };
	size_t r = 0;

	while (r < sizeof(rounds) / sizeof(*rounds) - 1 && t->all / rounds[r] > 6)
		r++;
	for (int i = 0; i * rounds[r] <= t->all && i < 20; i++) {
		const double at = i * rounds[r], x = place(t, at);

		fprintf(f,
			"<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>"
			"<text class=\"axis m\" x=\"%.1f\" y=\"12\">",
			x, x, TOP - 4, height, x);
		if (rounds[r] < 60)
			fprintf(f, "%.0f s", at);
		else
			fprintf(f, "%.0f min", at / 60);
		fputs("</text>\n", f);
	}
}

static void draw_span(const struct timeline *t, const struct span *p, int y, FILE *f)
{
	const double x = place(t, p->from), w = place(t, p->to) - x;
	const char *kind = p->boot ? "b" : p->merged > 1 ? "s" : "i";

	fputs("<g><title>", f);
	timeline_name(p, 200, f);
	fputs(": ", f);
	put_seconds(p->to - p->from, f);
	fprintf(f, "</title><text class=\"e%s\" x=\"%d\" y=\"%d\">",
		p->merged > 1 ? " few" : "", LABELS - 8, y + BAR - 2);
	timeline_name(p, LABEL_MAX, f);
	fprintf(f,
		"</text> <rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" "
		"height=\"%d\" rx=\"2\"/><text class=\"v%s\" x=\"%.1f\" y=\"%d\">",
		kind, x, y, w < 1 ? 1 : w, BAR, p->merged > 1 ? " few" : "",
		x + (w < 1 ? 1 : w) + 6, y + BAR - 2);
	put_seconds(p->to - p->from, f);
	fputs("</text></g>\n", f);
}

void timeline_svg(const struct timeline *t, bool alone, FILE *f)
{
	const int height = TOP + (int)t->n * ROW;

	fprintf(f,
		"<svg %sclass=\"tl\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
		"role=\"img\" aria-label=\"Time of each step\">\n",
		alone ? "xmlns=\"http://www.w3.org/2000/svg\" " : "", WIDTH, height,
		WIDTH, height);
	if (alone)
		fprintf(f,
			"<style>%s.tl .bg{fill:#fff}@media (prefers-color-scheme:dark){"
			".tl .bg{fill:#12181f}}</style>\n"
			"<rect class=\"bg\" width=\"100%%\" height=\"100%%\"/>\n",
			timeline_style);
	draw_axis(t, height, f);
	for (size_t i = 0; i < t->n; i++)
		draw_span(t, &t->spans[i], TOP + (int)i * ROW, f);
	fputs("</svg>\n", f);
}
