// SPDX-License-Identifier: MIT
/* product.c - writes what has been put together, in the form that was asked for. */
#include "product.h"

#include "facts.h"

#include <string.h>

static void commented(const char *text, FILE *f)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		/* A comment that ends so would go on in the next line, for some. */
		fprintf(f, "#   %.*s%s\n", (int)n, text,
			n && text[n - 1] == '\\' ? " #" : "");
		text += n + (text[n] == '\n');
	}
}

void write_preseed(const struct answers *a, FILE *f)
{
	const char *file = "";

	fprintf(f, "# Answers for the Debian installer, release %s: %s\n",
		plan_get(a->plan, "release"), a->plan->recipe->name);
	for (size_t i = 0; i < a->n; i++) {
		const struct answer *v = &a->v[i];
		const char *base = strrchr(v->from.name, '/');

		base = base ? base + 1 : v->from.name;
		if (strcmp(base, file) != 0)
			fprintf(f, "\n# %s\n", base);
		file = base;
		if (strcmp(v->question, "preseed/late_command") == 0 &&
			a->plan->late_shown)
			commented(a->plan->late_shown, f);
		fprintf(f, "%s %s %s%s%s\n", v->owner, v->question, v->type,
			*v->value ? " " : "", v->value);
	}
}

void write_explain(const struct answers *a, FILE *f)
{
	facts_explain(a->plan, f);
	for (size_t i = 0; i < a->n; i++) {
		const struct answer *v = &a->v[i];
		int width = (int)strcspn(v->value, "\n");

		facts_place(v->from, f);
		fprintf(f, "\t%s %s %s %.*s%s", v->owner, v->question, v->type,
			width > 120 ? 120 : width, v->value, width > 120 ? "..." : "");
		if (*v->because)
			fprintf(f, "\t(%s)", v->because);
		fputc('\n', f);
	}
}

void write_facts(const struct answers *a, FILE *f)
{
	facts_write(a->plan, f);
}
