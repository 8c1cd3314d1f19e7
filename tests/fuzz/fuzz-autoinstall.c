// SPDX-License-Identifier: MIT
/*
 * Whatever a recipe's text is: no crash, and what is taken becomes YAML that another
 * reader takes for one map, with sizes that are no more than the disk. The bytes are the
 * recipe; it has no folder, so no file is read.
 */
// uses: tools/autoinstall/apt.c
// uses: tools/autoinstall/network.c
// uses: tools/autoinstall/refuse.c
// uses: tools/autoinstall/storage.c
// uses: tools/autoinstall/system.c
// uses: tools/autoinstall/user-data.c
// uses: tools/autoinstall/yaml-out.c
// needs: yaml-0.1

#include "../../tools/autoinstall/user-data.h"
#include "../../tools/recipe/settle.h"
#include "values.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char key[] =
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILcp367yQbX9mRPoSHAW0rTN9udl"
	"/OXqueqHEsmBajzg\n";

/* One document: a map of the one key "autoinstall". */
static void check_yaml(const char *text, size_t len)
{
	yaml_parser_t parser;
	yaml_document_t doc;
	yaml_node_t *root, *name;

	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	if (!yaml_parser_load(&parser, &doc))
		abort();
	root = yaml_document_get_root_node(&doc);
	if (!root || root->type != YAML_MAPPING_NODE ||
		root->data.mapping.pairs.top - root->data.mapping.pairs.start != 1)
		abort();
	name = yaml_document_get_node(&doc, root->data.mapping.pairs.start->key);
	if (strcmp((const char *)name->data.scalar.value, "autoinstall") != 0)
		abort();
	yaml_document_delete(&doc);
	yaml_parser_delete(&parser);
}

/* Nothing wrong was said: so it fits. */
static void check_sizes(const struct storage *s, const struct plan *p)
{
	unsigned long long sum = 0, disk = size_bytes(plan_get(p, "disk")) >> 20;

	for (size_t i = 0; i < s->n; i++) {
		if (!s->piece[i].volume)
			sum += s->piece[i].mib;
		if (s->piece[i].mib == 0)
			abort();
	}
	if (sum + 2 != disk)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool pool = { 0 };
	struct recipe r = { .pool = &pool,
		.dir = -1,
		.quiet = true,
		.name = pool_strdup(&pool, "fuzz") };
	struct plan p = { .pool = &pool, .recipe = &r, .of = &ubuntu };
	struct user_data u = { .report = "http://a/b" };
	struct host host = { &pool, "/nonexistent" };
	char *text = NULL;
	size_t len;
	FILE *f;

	recipe_parse(&r, "fuzz", (const char *)data, size);
	plan_make(&p, &host, key, "key");
	user_data_make(&u, &p);
	if (r.errors == 0)
		check_sizes(&u.storage, &p);
	/* Refused or not: what was taken must be sound. */
	f = open_memstream(&text, &len);
	if (user_data_write(&u, f) < 0)
		abort();
	fclose(f);
	check_yaml(text, len);
	free(text);
	f = open_memstream(&text, &len);
	user_data_explain(&u, f);
	fclose(f);
	free(text);
	plan_free(&p);
	recipe_free(&r);
	pool_free(&pool);
	return 0;
}
