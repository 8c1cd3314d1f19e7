// SPDX-License-Identifier: MIT
/*
 * Whatever a recipe's text is: no crash, and what is taken can be compiled to
 * lines that are each one answer. The bytes are the recipe; it has no folder,
 * so no file is read.
 */
// uses: tools/preseed/answers.c
// uses: tools/preseed/late.c
// uses: tools/preseed/layout.c
// uses: tools/preseed/names.c
// uses: tools/preseed/product.c

#include "../../tools/preseed/names.h"
#include "../../tools/preseed/product.h"
#include "../../tools/recipe/settle.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char fragment[] = "d-i a/a string ${hostname} ${packages} ${tasks}\n"
			       "d-i a/b string ${partition-recipe}\n"
			       "d-i a/c string ${kernel-options} ${proxy} ${security}\n"
			       "d-i a/d string ${domain} ${address} ${nameservers}\n"
			       "d-i a/e string ${locale} ${timezone} ${mirror-host}\n";

static const char key[] =
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILcp367yQbX9mRPoSHAW0rTN9udl"
	"/OXqueqHEsmBajzg\n";

/* Each line is empty, a comment, or OWNER QUESTION TYPE... without more to come. */
static void check_lines(char *text)
{
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line;
		line = strtok_r(NULL, "\n", &save)) {
		char owner[65], question[257], type[17];

		if (*line == '#')
			continue;
		if (line[strlen(line) - 1] == '\\')
			abort();
		if (strncmp(line, "d-i ", 4) == 0 &&
			sscanf(line, "%64s %256s %16s", owner, question, type) != 3)
			abort();
	}
}

static void written(
	const struct answers *a, void (*write)(const struct answers *, FILE *))
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	write(a, f);
	fclose(f);
	if (strlen(text) != len)
		abort();
	if (write == write_preseed)
		check_lines(text);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool pool = { 0 };
	struct recipe r = { .pool = &pool,
		.dir = -1,
		.quiet = true,
		.name = pool_strdup(&pool, "fuzz") };
	struct plan p = { .pool = &pool, .recipe = &r, .of = &debian };
	struct answers a = { .plan = &p };
	struct host host = { &pool, "/nonexistent" };

	recipe_parse(&r, "fuzz", (const char *)data, size);
	plan_make(&p, &host, key, "key");
	plan_names(&p);
	answers_fragment(&a, "fragment", fragment);
	answers_recipe(&a);
	/* Refused or not: what was taken must be sound. */
	written(&a, write_preseed);
	written(&a, write_facts);
	written(&a, write_explain);
	answers_free(&a);
	plan_free(&p);
	recipe_free(&r);
	pool_free(&pool);
	return 0;
}
