// SPDX-License-Identifier: MIT
/*
 * layout.c - what the answers to partman's questions make of the disk together: the
 * method, the recipe, the RAID recipe.
 *
 * partman reads a recipe once for the disk and once for volume groups, and leaves
 * out what is marked to be ignored there or is for another disk label.
 */
#include "layout.h"
#include "names.h"

#include <string.h>

const char *const layout_labels[LABELS] = { "gpt", "msdos" };

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (list += strspn(list, " \t"), *list) {
		size_t n = strcspn(list, " \t");

		if (n == len && memcmp(list, word, n) == 0)
			return true;
		list += n;
	}
	return false;
}

bool partition_made(const struct partition *p, enum stage stage, const char *label)
{
	if (stage == STAGE_DISK ? p->defaultignore : p->lvmignore)
		return false;
	return !p->iflabel || has_word(p->iflabel, label);
}

const struct answer *layout_answer(struct check *c, const char *question)
{
	const struct answer *a = answer_find(c, question);

	return a && *a->value.s && !placeholder(a->value.s) ? a : NULL;
}

void layout_read(struct layout *l, struct check *c)
{
	const struct answer *a = layout_answer(c, "partman-auto/expert_recipe");

	*l = (struct layout){ .method = value_said(c, "partman-auto/method"),
		.disks = value_said(c, "partman-auto/disk") };
	if (a) {
		recipe_read(&l->r, c, a, false);
		for (size_t i = 0; i < l->r.n; i++)
			partition_check(&l->r, &l->r.v[i]);
		l->recipe = l->r.n > 0;
	}
	l->r.tell = true;
	a = layout_answer(c, "partman-auto-raid/recipe");
	if (a && is_name(l->method, "raid")) {
		arrays_read(&l->arrays, c, a, false);
		l->raid = true;
	}
	l->crypto = is_name(l->method, "crypto");
	l->lvm = l->crypto || is_name(l->method, "lvm") || l->arrays.lvm;
}

size_t layout_disks(const struct layout *l)
{
	size_t n = 0;

	for (const char *s = l->disks ? l->disks : ""; s += strspn(s, " \t"), *s; n++)
		s += strcspn(s, " \t");
	return n ? n : 1;
}

/* Whether a recipe is read for that with this method. */
static bool stage_comes(const struct layout *l, enum stage s)
{
	if (!l->method)
		return true;
	if (s == STAGE_LVM)
		return l->lvm;
	return !is_name(l->method, "lvm") && !l->crypto;
}

bool layout_makes(const struct layout *l, const struct partition *p, const char *label)
{
	for (int s = 0; s < STAGES; s++)
		for (size_t i = 0; stage_comes(l, (enum stage)s) && i < LABELS; i++)
			if (partition_made(p, (enum stage)s, layout_labels[i]) &&
				(!label || strcmp(label, layout_labels[i]) == 0))
				return true;
	return false;
}

bool layout_makes_both(
	const struct layout *l, const struct partition *p, const struct partition *q)
{
	for (int s = 0; s < STAGES; s++)
		for (size_t i = 0; stage_comes(l, (enum stage)s) && i < LABELS; i++)
			if (partition_made(p, (enum stage)s, layout_labels[i]) &&
				partition_made(q, (enum stage)s, layout_labels[i]))
				return true;
	return false;
}

/* A mount point as partman greps for it: the word anywhere in the line. */
static bool says(const struct partition *p, const char *word)
{
	for (size_t i = 4; i < p->n; i++)
		if (strcmp(p->v[i].s, word) == 0)
			return true;
	return false;
}

/* Why partman doubts that the machine can boot from LVM; NULL if it does not. */
static const char *no_boot(const struct layout *l)
{
	bool outside = l->arrays.lvm;

	for (size_t i = 0; i < l->r.n; i++) {
		const struct partition *p = &l->r.v[i];

		if (p->lvmignore)
			continue;
		if (p->lvmok && says(p, "/boot"))
			return "/boot is on LVM";
		outside |= !p->lvmok && (says(p, "/") || says(p, "/boot"));
	}
	return outside || !l->lvm ? NULL : "neither / nor /boot is outside of LVM";
}

static const char *no_swap(const struct layout *l)
{
	for (size_t i = 0; i < l->r.n; i++)
		if (is_name(l->r.v[i].method, "swap") &&
			layout_makes(l, &l->r.v[i], NULL))
			return NULL;
	return l->arrays.swap ? NULL : "there is no swap space";
}

static const char *no_mountpoint(const struct layout *l)
{
	for (size_t i = 0; i < l->r.n; i++) {
		const struct partition *p = &l->r.v[i];

		if (partition_acts(l->r.c, p) && !p->mountpoint &&
			layout_makes(l, p, NULL))
			return pool_printf(l->r.c->pool,
				"partition %zu of the recipe has a filesystem and no "
				"mount "
				"point",
				i + 1);
	}
	return NULL;
}

const char *layout_doubt(struct check *c, const char *what)
{
	struct layout l;

	layout_read(&l, c);
	if (!l.recipe)
		return NULL;
	if (strcmp(what, "no_boot") == 0)
		return no_boot(&l);
	if (strcmp(what, "no_swap") == 0)
		return no_swap(&l);
	return no_mountpoint(&l);
}
