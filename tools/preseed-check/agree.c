// SPDX-License-Identifier: MIT
/* agree.c - in what partitions, volumes, arrays and disks of a layout must agree. */
#include "layout.h"
#include "names.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

/* No disk has more; what goes by pairs of them stops there. */
enum { MANY = 256 };

/* Two of the same mount point, label or name, which partman refuses. */
static void twins(
	struct layout *l, const struct partition *p, const struct partition *q)
{
	struct recipe *r = &l->r;

	if (!layout_makes_both(l, p, q))
		return;
	if (p->mountpoint && *p->mountpoint == '/' &&
		is_name(q->mountpoint, p->mountpoint))
		wrong(r, q->at_mountpoint, LEVEL_ERROR, "%s is mounted twice",
			q->mountpoint);
	if (p->label && *p->label && is_name(q->label, p->label))
		wrong(r, &q->v[0], LEVEL_ERROR,
			"the label %s is given twice, which partman refuses", q->label);
	if (l->lvm && p->lvmok && q->lvmok && p->lv_name &&
		is_name(q->lv_name, p->lv_name) &&
		is_name(p->in_vg ? p->in_vg : "", q->in_vg ? q->in_vg : ""))
		wrong(r, &q->v[0], LEVEL_ERROR, "the logical volume %s is made twice",
			q->lv_name);
}

static void root(struct layout *l)
{
	struct recipe *r = &l->r;
	const struct answer *a = r->a;

	for (size_t i = 0; i < r->n; i++)
		if (is_name(r->v[i].mountpoint, "/") && layout_makes(l, &r->v[i], NULL))
			return;
	if (l->arrays.root || l->arrays.text.faults || r->faults ||
		(is_name(l->method, "raid") && !l->raid))
		return;
	found(r->c, a, a->value.at, strlen(a->value.s), LEVEL_ERROR, R_RECIPE,
		"no partition is mounted at /");
}

/* The physical volumes' method: what holds them is encrypted or is not. */
static bool holds_volumes(const struct layout *l, const struct partition *p)
{
	return is_name(p->method, l->crypto ? "crypto" : "lvm") && !p->lvmok &&
	       layout_makes(l, p, NULL);
}

static bool has_pv(const struct layout *l, const char *group)
{
	for (size_t i = 0; i < l->r.n; i++)
		if (holds_volumes(l, &l->r.v[i]) &&
			is_name(l->r.v[i].vg_name && *l->r.v[i].vg_name
					? l->r.v[i].vg_name
					: "",
				group))
			return true;
	return false;
}

/* Each volume group wants a physical volume; partman adds only one of no name. */
static void groups(struct layout *l)
{
	struct recipe *r = &l->r;
	size_t pvs = 0;

	for (size_t i = 0; i < r->n; i++)
		pvs += holds_volumes(l, &r->v[i]);
	for (size_t i = 0; i < r->n && r->n < MANY; i++) {
		const struct partition *p = &r->v[i];
		const char *group = p->in_vg ? p->in_vg : "";
		bool first = true;

		if (!p->lvmok || !layout_makes(l, p, NULL) || has_pv(l, group))
			continue;
		/* the group without a name gets what no other one does */
		if (!*group && (pvs == 0 || layout_disks(l) > 1))
			continue;
		for (size_t j = 0; j < i; j++)
			first &= !r->v[j].lvmok ||
				 !is_name(r->v[j].in_vg ? r->v[j].in_vg : "", group);
		if (first && *group)
			wrong(r, &p->v[0], LEVEL_ERROR,
				"no partition is a physical volume of %s: one with "
				"method{ "
				"%s } and vg_name{ %s } is wanted",
				group, l->crypto ? "crypto" : "lvm", group);
		else if (first)
			wrong(r, &p->v[0], LEVEL_ERROR,
				"no partition is a physical volume of the group of "
				"this "
				"one, which has no in_vg{ }: all have another vg_name{ "
				"}");
	}
}

/* On arrays there is one volume group, and what is for another one is left out. */
static void one_group(struct layout *l)
{
	struct recipe *r = &l->r;
	const char *group = value_said(r->c, "partman-auto-lvm/new_vg_name");

	if (!group || !*group || placeholder(group))
		return;
	for (size_t i = 0; i < r->n; i++) {
		const struct partition *p = &r->v[i];

		if (p->lvmok && p->in_vg && *p->in_vg && !is_name(p->in_vg, group))
			wrong(r, &p->v[0], LEVEL_ERROR,
				"on arrays there is one volume group, %s of "
				"partman-auto-lvm/new_vg_name: what has in_vg{ %s } is "
				"left out",
				group, p->in_vg);
	}
}

static void volumes(struct layout *l)
{
	struct recipe *r = &l->r;
	const struct answer *a = r->a;
	bool some = false;

	for (size_t i = 0; i < r->n; i++)
		some |= r->v[i].lvmok && !r->v[i].lvmignore;
	if (!some) {
		r->faults++;
		found(r->c, a, a->value.at, strlen(a->value.s), LEVEL_ERROR, R_RECIPE,
			"%s, and no partition has $lvmok{ }: partman refuses the "
			"recipe",
			l->arrays.lvm
				? "an array is for LVM"
				: pool_printf(r->c->pool, "method %s", l->method));
		return;
	}
	if (l->arrays.lvm)
		one_group(l);
	else
		groups(l);
	for (size_t i = 0; i < r->n; i++) {
		const struct partition *p = &r->v[i];

		if (l->crypto && is_name(p->method, "swap") && !p->lvmok &&
			layout_makes(l, p, NULL))
			wrong(r, p->at_method, LEVEL_ERROR,
				"swap space outside of what is encrypted, which "
				"partman "
				"refuses: $lvmok{ } is wanted");
		if (l->arrays.lvm && p->lvmok && !p->defaultignore && p->mountpoint)
			wrong(r, p->at_mountpoint, LEVEL_ERROR,
				"%s is made as a partition, too, and mounted twice: "
				"$defaultignore{ } is wanted beside $lvmok{ }",
				p->mountpoint);
	}
}

/* Whether what is behind a disk's name, which ends so, is a partition's number. */
static bool part_of(const char *rest, char last)
{
	if (*rest && isdigit((unsigned char)last) && *rest++ != 'p')
		return false;
	return rest[strspn(rest, "0123456789")] == '\0';
}

static bool on_disk(const char *device, const char *disks)
{
	for (const char *s = disks; s += strspn(s, " \t"), *s;) {
		size_t n = strcspn(s, " \t");

		if (strncmp(device, s, n) == 0 && part_of(device + n, s[n - 1]))
			return true;
		s += n;
	}
	return false;
}

/* /dev/nvme0n11, where /dev/nvme0n1p1 was meant: "; did you mean ...?", or nothing. */
static const char *meant_device(struct check *c, const char *device, const char *disks)
{
	for (const char *s = disks; s += strspn(s, " \t"), *s;) {
		size_t n = strcspn(s, " \t");

		if (strncmp(device, s, n) == 0 && device[n] != 'p' &&
			isdigit((unsigned char)s[n - 1]))
			return pool_printf(c->pool, "; did you mean %.*sp%s?", (int)n,
				s, device + n);
		s += n;
	}
	return "";
}

/* /dev/sda and the like, of which the kernel's names for partitions begin. */
static bool kernel_names(const char *disks)
{
	static const char *const list[] = { "/dev/sd", "/dev/vd", "/dev/hd", "/dev/xvd",
		"/dev/nvme" };

	while (disks += strspn(disks, " \t"), *disks) {
		bool ok = false;

		for (size_t i = 0; i < COUNT(list); i++)
			ok |= strncmp(disks, list[i], strlen(list[i])) == 0;
		if (!ok)
			return false;
		disks += strcspn(disks, " \t");
	}
	return true;
}

static void devices(struct layout *l)
{
	struct recipe *r = &l->r;

	if (!l->disks || !kernel_names(l->disks) || placeholder(l->disks))
		return;
	for (size_t i = 0; l->lvm && !l->raid && i < r->n; i++)
		if (r->v[i].device && kernel_names(r->v[i].device) &&
			!on_disk(r->v[i].device, l->disks))
			wrong(r, &r->v[i].v[0], LEVEL_ERROR,
				"%s is on none of the disks of partman-auto/disk, %s",
				r->v[i].device, l->disks);
	for (size_t i = 0; i < l->arrays.n; i++) {
		const struct array *v = &l->arrays.v[i];

		for (size_t j = 5; j < v->n && j < 7; j++)
			for (const char *s = v->v[j].s; *s;) {
				size_t n = strcspn(s, "#");
				const char *one = pool_strndup(r->c->pool, s, n);

				if (strncmp(one, "/dev/", 5) == 0 &&
					!strchr(one, ',') && kernel_names(one) &&
					!on_disk(one, l->disks))
					found(r->c, l->arrays.text.a,
						v->v[j].at + (size_t)(s - v->v[j].s), n,
						LEVEL_ERROR, R_RECIPE,
						"%s is on none of the disks of "
						"partman-auto/disk, %s%s",
						one, l->disks,
						meant_device(r->c, one, l->disks));
				s += n + (s[n] == '#');
			}
	}
}

/* With method raid each disk gets all partitions. */
static void on_each_disk(struct layout *l)
{
	struct recipe *r = &l->r;

	if (!is_name(l->method, "raid") || layout_disks(l) < 2)
		return;
	for (size_t i = 0; i < r->n; i++) {
		const struct partition *p = &r->v[i];

		if (partition_acts(r->c, p) && p->mountpoint && !p->defaultignore &&
			!(l->arrays.lvm && p->lvmok))
			wrong(r, p->at_mountpoint, LEVEL_ERROR,
				"method raid makes this on each of the disks, and %s "
				"is "
				"mounted twice: method{ raid } and an array are wanted",
				p->mountpoint);
	}
}

/* What all partitions of one stage on such a label want, in MB. */
static uint64_t sum(const struct layout *l, enum stage stage, const char *label)
{
	uint64_t n = 0;

	for (size_t i = 0; i < l->r.n; i++)
		if (partition_made(&l->r.v[i], stage, label))
			n += l->r.v[i].least;
	return n;
}

static void disk(const struct layout *l)
{
	const struct answer *a = l->r.a;
	struct check *c = l->r.c;
	uint64_t least = UINT64_MAX, room = c->disk / 1000000;
	/* of the stages, one that comes for certain */
	enum stage s = is_name(l->method, "lvm") || l->crypto ? STAGE_LVM : STAGE_DISK;

	for (size_t i = 0; i < LABELS; i++) {
		uint64_t n = sum(l, s, layout_labels[i]);

		if (!l->method && sum(l, STAGE_LVM, layout_labels[i]) < n)
			n = sum(l, STAGE_LVM, layout_labels[i]);
		least = n < least ? n : least;
	}
	if (s == STAGE_LVM)
		room *= layout_disks(l);
	if (c->disk && least > room)
		found(c, a, a->value.at, strlen(a->value.s), LEVEL_ERROR, R_DISK,
			"the partitions want %" PRIu64
			" MB at least, and the disk has %" PRIu64,
			least, room);
}

/* method raid does nothing without its two recipes. */
static void raid_wants(struct check *c)
{
	const struct answer *a = answer_find(c, "partman-auto/method");
	bool arrays = answer_known(c, "partman-auto-raid/recipe");
	bool recipe = answer_known(c, "partman-auto/expert_recipe") ||
		      answer_known(c, "partman-auto/expert_recipe_file");

	if (!a || (arrays && recipe) || more_to_come(c))
		return;
	found(c, a, a->value.at, strlen(a->value.s), LEVEL_ERROR, R_RECIPE,
		"method raid wants %s%s%s", arrays ? "" : "partman-auto-raid/recipe",
		arrays || recipe ? "" : " and ",
		recipe ? "" : "partman-auto/expert_recipe");
}

static void arrays(struct layout *l, struct check *c)
{
	const struct answer *a = layout_answer(c, "partman-auto-raid/recipe");
	bool members = false;

	if (!a)
		return;
	arrays_read(&l->arrays, c, a, true);
	if (l->method && !is_name(l->method, "raid")) {
		found(c, a, a->question.at, strlen(a->question.s), LEVEL_WARNING,
			R_RECIPE,
			"partman reads this with method raid only, and the method is "
			"%s",
			l->method);
		return;
	}
	for (size_t i = 0; i < l->r.n; i++)
		members |= is_name(l->r.v[i].method, "raid");
	if (l->recipe && !members && !l->r.faults)
		found(c, l->r.a, l->r.a->value.at, strlen(l->r.a->value.s),
			LEVEL_WARNING, R_RECIPE,
			"no partition has method{ raid }, for the arrays of "
			"partman-auto-raid/recipe");
}

void check_layout(struct check *c)
{
	struct layout l;

	layout_read(&l, c);
	arrays(&l, c);
	if (is_name(l.method, "raid"))
		raid_wants(c);
	if (!l.recipe)
		return;
	for (size_t i = 0; i < l.r.n && i < MANY; i++)
		for (size_t j = 0; j < i; j++)
			twins(&l, &l.r.v[j], &l.r.v[i]);
	if (l.lvm)
		volumes(&l);
	devices(&l);
	on_each_disk(&l);
	root(&l);
	disk(&l);
}
