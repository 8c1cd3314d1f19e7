// SPDX-License-Identifier: MIT
#include "compare.h"
#include "diag.h"
#include "json.h"

#include <string.h>

static const struct entry *find(const struct saved *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->list[i].name, name) == 0)
			return &s->list[i];
	return NULL;
}

/* The middle halves overlap: the difference may be noise. */
static int unsure(const struct entry *a, const struct entry *b)
{
	return a->p25 <= b->p75 && b->p25 <= a->p75;
}

static void say_machine(char letter, const struct saved *s, FILE *f)
{
	fprintf(f, "%c: ", letter);
	fput_visible(s->host, f);
	fputs(", ", f);
	fput_visible(s->kernel, f);
	fputs(", ", f);
	fput_visible(s->cpu[0] ? s->cpu : "unknown processor", f);
	if (s->hypervisor[0]) {
		fputs(", guest of ", f);
		fput_visible(s->hypervisor, f);
	}
	fputc('\n', f);
}

/* What the other's kernel does against the same vulnerability, if it is not the same.
 */
static const struct mitigation *other(const struct mitigation *m, const struct saved *s)
{
	for (size_t i = 0; i < s->n_mitigations; i++)
		if (strcmp(s->mitigations[i].name, m->name) == 0)
			return strcmp(s->mitigations[i].state, m->state) == 0
				       ? NULL
				       : &s->mitigations[i];
	return NULL;
}

static void say_mitigations(const struct saved *a, const struct saved *b, FILE *f)
{
	const char *title = "\nmitigations that differ:\n";

	for (size_t i = 0; i < a->n_mitigations; i++) {
		const struct mitigation *x = &a->mitigations[i], *y = other(x, b);

		if (!y)
			continue;
		fputs(title, f);
		title = "";
		fput_visible(x->name, f);
		fputs("\n  a: ", f);
		fput_visible(x->state, f);
		fputs("\n  b: ", f);
		fput_visible(y->state, f);
		fputc('\n', f);
	}
}

static void say_noise(char letter, const struct saved *s, FILE *f)
{
	if (!s->warnings)
		return;
	fprintf(f, "noise: %c: ", letter);
	fput_visible(s->warning, f);
	if (s->warnings > 1)
		fprintf(f, "; and %u more", s->warnings - 1);
	fputc('\n', f);
}

void compare_text(const struct saved *a, const struct saved *b, FILE *f)
{
	say_machine('a', a, f);
	say_machine('b', b, f);
	fprintf(f, "\n%-14s %14s %14s %9s\n", "median ns", "a", "b", "b/a");
	for (size_t i = 0; i < a->n; i++) {
		const struct entry *x = &a->list[i], *y = find(b, x->name);

		if (!y || x->median <= 0 || y->median < 0)
			continue;
		fprintf(f, "%-14s %14.1f %14.1f %9.2f%s\n", x->name, x->median,
			y->median, y->median / x->median, unsure(x, y) ? " ~" : "");
	}
	say_mitigations(a, b, f);
	if (a->warnings || b->warnings)
		fputc('\n', f);
	say_noise('a', a, f);
	say_noise('b', b, f);
}

static void json_mitigations(const struct saved *a, const struct saved *b, FILE *f)
{
	const char *sep = "";

	fputs(",\"mitigations\":[", f);
	for (size_t i = 0; i < a->n_mitigations; i++) {
		const struct mitigation *x = &a->mitigations[i], *y = other(x, b);

		if (!y)
			continue;
		fprintf(f, "%s{\"name\":", sep);
		json_string(x->name, f);
		fputs(",\"a\":", f);
		json_string(x->state, f);
		fputs(",\"b\":", f);
		json_string(y->state, f);
		fputc('}', f);
		sep = ",";
	}
	fputc(']', f);
}

void compare_json(const struct saved *a, const struct saved *b, FILE *f)
{
	const char *sep = "";

	fputs("{\"a\":", f);
	json_string(a->host, f);
	fputs(",\"b\":", f);
	json_string(b->host, f);
	fprintf(f, ",\"warnings\":{\"a\":%u,\"b\":%u}", a->warnings, b->warnings);
	json_mitigations(a, b, f);
	fputs(",\"ratios\":[", f);
	for (size_t i = 0; i < a->n; i++) {
		const struct entry *x = &a->list[i], *y = find(b, x->name);

		if (!y || x->median <= 0 || y->median < 0)
			continue;
		fprintf(f, "%s\n{\"name\":", sep);
		json_string(x->name, f);
		fprintf(f, ",\"a\":%.2f,\"b\":%.2f,\"ratio\":%.4f,\"overlap\":%s}",
			x->median, y->median, y->median / x->median,
			unsure(x, y) ? "true" : "false");
		sep = ",";
	}
	fputs("]}\n", f);
}
