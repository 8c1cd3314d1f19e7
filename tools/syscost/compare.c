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
}

void compare_json(const struct saved *a, const struct saved *b, FILE *f)
{
	const char *sep = "";

	fputs("{\"a\":", f);
	json_string(a->host, f);
	fputs(",\"b\":", f);
	json_string(b->host, f);
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
