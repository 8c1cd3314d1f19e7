// SPDX-License-Identifier: MIT
/* facts.c - what is known of the appliance, for programs and for people. */
#include "facts.h"

#include "sources.h"
#include "values.h"

#include <inttypes.h>
#include <string.h>

void facts_place(struct origin from, FILE *f)
{
	fputs(from.name, f);
	if (from.line)
		fprintf(f, ":%u", from.line);
}

/* The keys that have one value, then the lists as they were said. */
void facts_explain(const struct plan *p, FILE *f)
{
	const struct recipe *r = p->recipe;

	for (size_t i = 0; i < KEY_COUNT; i++) {
		const struct var *v = plan_var(p, keys[i].name);

		if (!v || !v->value || (keys[i].flags & KEY_LIST))
			continue;
		facts_place(v->from, f);
		fprintf(f, "\t%s %s\n", v->name, v->value);
	}
	for (size_t i = 0; i < r->n; i++) {
		const struct setting *s = &r->set[i];

		if (!(s->key->flags & KEY_LIST))
			continue;
		facts_place(s->from, f);
		fprintf(f, "\t%s", s->key->name);
		for (char **w = s->word; *w; w++)
			fprintf(f, " %s", *w);
		fputc('\n', f);
	}
}

static void fact(FILE *f, const char *name, const char *value)
{
	fprintf(f, "%s=%s\n", name, value);
}

/* Each of the words in a text, or each of its lines. */
static void each(FILE *f, const char *name, const char *text, const char *between)
{
	while (*text) {
		size_t n = strcspn(text, between);

		if (n)
			fprintf(f, "%s=%.*s\n", name, (int)n, text);
		text += n + strspn(text + n, between);
	}
}

static void network_facts(const struct plan *p, FILE *f)
{
	fact(f, "network", p->net.family ? "static" : "dhcp");
	if (!p->net.family)
		return;
	fact(f, "address", p->net.address);
	fprintf(f, "prefix=%u\n", p->net.prefix);
	if (*p->net.gateway)
		fact(f, "gateway", p->net.gateway);
	each(f, "nameserver", p->net.nameservers, " ");
}

static void expectations(const struct plan *p, FILE *f)
{
	for (const struct setting *s = NULL;
		(s = recipe_next(p->recipe, K_EXPECT, s));) {
		const char *kind = s->word[0], *what = s->word[1];

		fprintf(f, "expect=%s %s", kind, what);
		if (strcmp(kind, "http") == 0)
			fprintf(f, " %s", s->words > 2 ? s->word[2] : "/");
		if (strcmp(kind, "unit") == 0 && !strchr(what, '.'))
			fputs(".service", f);
		fputc('\n', f);
	}
}

/* The files in a recipe's folder that the outcome was made from. */
static void depends(const struct plan *p, FILE *f)
{
	const struct recipe *r = p->recipe;

	for (unsigned i = 0; i < r->files; i++)
		fact(f, "depends", r->file[i]);
	for (size_t i = 0; i < r->n; i++) {
		const struct setting *s = &r->set[i];
		const char *file = NULL, *end = s->word[s->words - 1];

		if (s->key->id == K_FILE)
			file = s->word[0];
		if (s->key->id == K_REPOSITORY && strncmp(end, "key=", 4) == 0)
			file = end + 4;
		if (s->key->id == K_LAYOUT && s->words == 2)
			file = end;
		if (file && *file == '@')
			fprintf(f, "depends=%s/%s\n", program_dir(p->pool), file + 1);
		else if (file)
			fprintf(f, "depends=%s%s\n", r->folder, file);
	}
}

void facts_write(const struct plan *p, FILE *f)
{
	static const char *const plain[] = { "name", "hostname", "domain", "release",
		"architecture", "cpus", "firmware", "kernel", "mirror", "security",
		"proxy", "layout", "filesystem", "swap", "locale", "keyboard",
		"timezone" };

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		fact(f, plain[i], plan_get(p, plain[i]));
	fact(f, "suite", plan_get(p, "release"));
	fact(f, "release-number", plan_get(p, "release-number"));
	fact(f, "kernel-package", plan_get(p, "kernel-package"));
	fact(f, "console", p->arch->console);
	fact(f, "bootloader-packages",
		platform_loader(p->arch, plan_get(p, "firmware")));
	/* no machine: no guest of the architecture can be made here */
	fact(f, "isa", p->arch->isa);
	fact(f, "machine", p->arch->machine[0].name ? p->arch->machine[0].name : "");
	fprintf(f, "disk=%" PRIu64 "\n", size_bytes(plan_get(p, "disk")));
	fprintf(f, "memory=%" PRIu64 "\n", size_bytes(plan_get(p, "memory")) >> 20);
	network_facts(p, f);
	fact(f, "package", plan_get(p, "kernel-package"));
	each(f, "package", plan_get(p, "packages"), " ");
	each(f, "task", plan_get(p, "tasks"), ", ");
	each(f, "key", p->root_keys, "\n");
	expectations(p, f);
	depends(p, f);
}

void facts_payload(const struct plan *p, FILE *f)
{
	for (size_t i = 0; i < p->files; i++)
		fprintf(f, "/seedbed/files/%zu\t0600\t%s\n", i, p->file[i].path);
}

void facts_keys(FILE *f)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		fprintf(f, "%s\t%s\t%s\t%s\n", keys[i].name,
			keys[i].flags & KEY_OPERATOR ? "operator"
			: keys[i].flags & KEY_LIST   ? "list"
						     : "single",
			keys[i].args, keys[i].help);
}
