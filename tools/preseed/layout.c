// SPDX-License-Identifier: MIT
/*
 * layout.c - partman's recipe for a disk whose size is known.
 *
 * partman's own recipes are made for machines, not appliances: with 4G they
 * would make a third of the disk swap. Sizes here are partman's megabytes.
 */
#include "layout.h"

#include "beneath.h"
#include "cleanup.h"
#include "utf8.h"
#include "values.h"

#include <stdio.h>
#include <string.h>

enum {
	ESP = 128,   /* room for a few boot loaders */
	BOOT = 512,  /* three kernels and their ramdisks */
	ROOT = 1000, /* what the base system and a kernel take, at least */
	HOME = 256,
	LABEL = 8, /* tables, alignment */
};

struct sketch {
	FILE *f;
	struct plan *p;
	const char *fs;
	bool lvm;
	unsigned long long used; /* the least that all partitions take */
};

static void part(struct sketch *k, unsigned long long least, bool fills, const char *fs,
	const char *marks, const char *mount, const char *volume)
{
	k->used += least;
	fprintf(k->f, " %llu %llu ", least, fills ? least + 10000 : least);
	if (fills)
		fputs("-1", k->f);
	else
		fprintf(k->f, "%llu", least);
	fprintf(k->f, " %s%s", fs, marks);
	if (k->lvm && volume)
		fprintf(k->f, " $lvmok{ } in_vg{ vg0 } lv_name{ %s }", volume);
	if (mount)
		fprintf(k->f,
			" method{ format } format{ } use_filesystem{ }"
			" filesystem{ %s } mountpoint{ %s }",
			fs, mount);
	fputs(" .", k->f);
}

static void swap(struct sketch *k, const char *marks)
{
	const char *size = plan_get(k->p, "swap");
	char *all = pool_printf(k->p->pool, "%s method{ swap } format{ }", marks);

	if (strcmp(size, "none") != 0)
		part(k, size_bytes(size) / 1000000, false, "linux-swap", all, NULL,
			"swap");
}

/* What comes before everything else, for the firmware's sake. */
static void boot_parts(struct sketch *k)
{
	if (strcmp(plan_get(k->p, "firmware"), "uefi") == 0)
		part(k, ESP, false, "free", " $iflabel{ gpt } method{ efi } format{ }",
			NULL, NULL);
	else
		part(k, 1, false, "free", " $iflabel{ gpt } method{ biosgrub }", NULL,
			NULL);
}

/*
 * What fills the disk comes last, so that it can be made larger together with
 * the disk. A DOS label has four primary partitions: multi has five.
 */
static void parts(struct sketch *k, const char *layout, unsigned long long disk)
{
	unsigned long long share = disk * 4 / 10 > ROOT ? disk * 4 / 10 : ROOT;
	bool multi = strcmp(layout, "multi") == 0;
	const char *boot = " $primary{ } $bootable{ }";
	const char *primary = multi || k->lvm ? "" : " $primary{ }";

	boot_parts(k);
	if (k->lvm) {
		part(k, BOOT, false, "ext4", boot, "/boot", NULL);
		part(k, LABEL, true, "ext4",
			" $primary{ } method{ lvm } vg_name{ vg0 }", NULL, NULL);
		boot = "";
	}
	if (!multi && strcmp(layout, "home") != 0) {
		swap(k, primary);
		part(k, ROOT, true, k->fs, boot, "/", "root");
		return;
	}
	part(k, share, false, k->fs, boot, "/", NULL);
	if (multi) {
		part(k, share / 2, false, k->fs, "", "/var", NULL);
		part(k, share / 4, false, k->fs, "", "/tmp", NULL);
	}
	swap(k, primary);
	part(k, HOME, true, k->fs, primary, "/home", NULL);
}

/* As partman reads it: all white space is one blank. */
static char *one_line(struct pool *pool, const char *text)
{
	char *out = pool_alloc(pool, strlen(text) + 1), *o = out;

	for (const char *c = text; *c; c++) {
		bool blank = strchr(" \t\n", *c) != NULL;

		if (!blank)
			*o++ = *c;
		else if (o > out && o[-1] != ' ')
			*o++ = ' ';
	}
	while (o > out && o[-1] == ' ')
		*--o = '\0';
	return out;
}

static char *expert(struct plan *p, const struct setting *s)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	char *line;
	int err;

	if (s->words > 2) {
		line = recipe_join(p->pool, s->word + 1);
	} else {
		err = beneath_read(p->recipe->dir, s->word[1], 32768, &text, &len);
		if (err < 0) {
			complain(p->recipe, s->from, "layout: %s: %s", s->word[1],
				beneath_reason(err));
			return NULL;
		}
		line = one_line(p->pool, text);
		if (strlen(text) != len || text_fault(line, strlen(line))) {
			complain(p->recipe, s->from, "layout: %s: is no plain text",
				s->word[1]);
			return NULL;
		}
	}
	len = strlen(line);
	if (len < 2 || strcmp(line + len - 2, " .") != 0 || !strchr(line, ':')) {
		complain(p->recipe, s->from,
			"layout: expert: wants NAME : MIN PRIORITY MAX FILESYSTEM "
			"OPTION... . and so on, with a full stop at the end");
		return NULL;
	}
	return line;
}

char *layout_recipe(struct plan *p)
{
	const struct setting *s = recipe_find(p->recipe, K_LAYOUT);
	const char *layout = plan_get(p, "layout");
	unsigned long long disk = size_bytes(plan_get(p, "disk")) / 1000000;
	struct sketch k = { .p = p,
		.fs = plan_get(p, "filesystem"),
		.lvm = strcmp(layout, "lvm") == 0 };
	struct text t;

	if (s && strcmp(s->word[0], "expert") == 0)
		return expert(p, s);
	k.f = text_open(&t);
	fputs("seedbed :", k.f);
	parts(&k, layout, disk);
	if (k.used + LABEL > disk) {
		s = recipe_find(p->recipe, K_DISK);
		if (!s)
			s = recipe_find(p->recipe, K_SWAP);
		complain(p->recipe, s ? s->from : (struct origin){ p->recipe->name, 0 },
			"disk %s: too small: layout %s with swap %s takes %lluM",
			plan_get(p, "disk"), layout, plan_get(p, "swap"),
			(k.used + LABEL) * 1000000 / 1048576 + 1);
	}
	return text_close(&t, p->pool);
}
