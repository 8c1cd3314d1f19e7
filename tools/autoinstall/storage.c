// SPDX-License-Identifier: MIT
/*
 * storage.c - sizes in MiB, as partitions are aligned to them.
 *
 * The installer checks no sum, and has curtin make what does not fit: all of it is
 * reckoned here.
 */
#include "storage.h"

#include "values.h"

#include <string.h>

enum {
	TABLES = 2,   /* GPT at both ends */
	BIOS = 1,     /* GRUB's second part */
	PREP = 8,     /* all of GRUB */
	ESP = 128,    /* room for a few boot loaders */
	BOOT = 1024,  /* three kernels and their ramdisks */
	ROOT = 3584,  /* what the installer unpacks, a kernel and the packages' lists */
	VAR = 1024,
	TMP = 512,    /* mkfs.xfs refuses less than 300 */
	HOME = 512,
	EXTENT = 4,   /* of a volume group */
	LVM = 1,      /* its description, at the beginning */
};

static struct piece *add(struct storage *s, const char *id, const char *fs,
	const char *mount, unsigned long long mib)
{
	struct piece *new = &s->piece[s->n++];

	*new = (struct piece){
		.id = id, .fs = fs, .mount = mount, .mib = mib, .least = mib
	};
	return new;
}

/* What the firmware wants, first. */
static void loader(struct storage *s, const struct plan *p)
{
	struct piece *new;

	if (strcmp(plan_get(p, "firmware"), "uefi") == 0) {
		new = add(s, "esp", "fat32", "/boot/efi", ESP);
		new->flag = "boot";
		new->loader = true;
	} else if (strcmp(p->arch->name, "ppc64el") == 0) {
		new = add(s, "prep", NULL, NULL, PREP);
		new->flag = "prep";
		new->loader = true;
	} else {
		add(s, "bios", NULL, NULL, BIOS)->flag = "bios_grub";
		s->bios = true;
	}
}

static void swap(struct storage *s, const struct plan *p)
{
	const unsigned long long bytes = size_bytes(plan_get(p, "swap"));
	unsigned long long mib = (bytes + (1 << 20) - 1) >> 20;
	struct piece *new;

	if (!bytes)
		return;
	if (s->lvm)
		mib = (mib + EXTENT - 1) / EXTENT * EXTENT;
	new = add(s, "swap", "swap", "none", mib);
	new->volume = s->lvm;
	new->flag = s->lvm ? NULL : "swap";
}

static void rest(struct piece *last, unsigned long long least)
{
	last->rest = true;
	last->least = least;
}

/* What fills the disk comes last, so that it can grow with the disk. */
static void pieces(struct storage *s, const struct plan *p, unsigned long long disk)
{
	const char *layout = plan_get(p, "layout"), *fs = plan_get(p, "filesystem");
	const bool multi = strcmp(layout, "multi") == 0;
	const unsigned long long share = disk * 4 / 10 > ROOT ? disk * 4 / 10 : ROOT;
	struct piece *last;

	loader(s, p);
	if (s->lvm) {
		add(s, "boot", "ext4", "/boot", BOOT);
		rest(add(s, "pv", NULL, NULL, 0), LVM);
	}
	if (!multi && strcmp(layout, "home") != 0) {
		swap(s, p);
		last = add(s, "root", fs, "/", 0);
		last->volume = s->lvm;
		rest(last, ROOT);
		return;
	}
	add(s, "root", fs, "/", share);
	if (multi) {
		add(s, "var", fs, "/var", share / 2 > VAR ? share / 2 : VAR);
		add(s, "tmp", fs, "/tmp", share / 4 > TMP ? share / 4 : TMP);
	}
	swap(s, p);
	rest(add(s, "home", fs, "/home", 0), HOME);
}

/* The last partition or volume gets what the others leave of so much. True if it fits. */
static bool share_out(struct storage *s, bool volumes, unsigned long long room)
{
	struct piece *last = NULL;

	for (size_t i = 0; i < s->n; i++) {
		struct piece *k = &s->piece[i];

		if (k->volume != volumes)
			continue;
		if (k->rest) {
			last = k;
			continue;
		}
		if (k->mib > room)
			return false;
		room -= k->mib;
	}
	if (last)
		last->mib = room;
	return !last || room >= last->least;
}

/* As much disk as there would have to be. */
static unsigned long long least_disk(const struct storage *s)
{
	unsigned long long sum = TABLES;

	for (size_t i = 0; i < s->n; i++)
		sum += s->piece[i].least;
	return sum;
}

void storage_make(struct storage *s, struct plan *p)
{
	const unsigned long long disk = size_bytes(plan_get(p, "disk")) >> 20;
	const struct setting *said = recipe_find(p->recipe, K_DISK);
	bool fits;

	*s = (struct storage){ .lvm = strcmp(plan_get(p, "layout"), "lvm") == 0 };
	pieces(s, p, disk);
	fits = disk > TABLES && share_out(s, false, disk - TABLES);
	for (size_t i = 0; fits && s->lvm && i < s->n; i++)
		if (strcmp(s->piece[i].id, "pv") == 0)
			fits = share_out(s, true,
				(s->piece[i].mib - LVM) / EXTENT * EXTENT);
	if (!said)
		said = recipe_find(p->recipe, K_SWAP);
	if (!fits)
		complain(p->recipe,
			said ? said->from : (struct origin){ p->recipe->name, 0 },
			"disk %s: too small: layout %s with swap %s takes %lluM",
			plan_get(p, "disk"), plan_get(p, "layout"), plan_get(p, "swap"),
			least_disk(s));
}

/* --- curtin's actions --- */

static void begin(struct out *o, const char *type, const char *before, const char *id)
{
	char name[32];

	snprintf(name, sizeof(name), "%s%s", before, id);
	out_map(o, true);
	out_pair(o, "type", type);
	out_pair(o, "id", name);
}

static void write_size(const struct piece *k, struct out *o)
{
	char text[32];

	if (k->rest) {
		out_pair_number(o, "size", -1);
		return;
	}
	snprintf(text, sizeof(text), "%lluM", k->mib);
	out_pair(o, "size", text);
}

static void write_disk(const struct storage *s, struct out *o)
{
	begin(o, "disk", "", "disk");
	out_text(o, "match");
	out_map(o, true);
	out_pair(o, "size", "largest");
	out_end(o);
	out_pair(o, "ptable", "gpt");
	out_pair(o, "wipe", "superblock");
	if (s->bios)
		out_pair_bool(o, "grub_device", true);
	out_end(o);
}

static void write_piece(const struct piece *k, struct out *o)
{
	if (k->volume) {
		begin(o, "lvm_partition", "part-", k->id);
		out_pair(o, "name", k->id);
		out_pair(o, "volgroup", "vg0");
	} else {
		begin(o, "partition", "part-", k->id);
		out_pair(o, "device", "disk");
	}
	write_size(k, o);
	if (!k->volume)
		out_pair(o, "wipe", "superblock");
	if (k->flag)
		out_pair(o, "flag", k->flag);
	if (k->loader)
		out_pair_bool(o, "grub_device", true);
	out_end(o);
}

static void write_group(struct out *o)
{
	begin(o, "lvm_volgroup", "", "vg0");
	out_pair(o, "name", "vg0");
	out_text(o, "devices");
	out_list(o, true);
	out_text(o, "part-pv");
	out_end(o);
	out_end(o);
}

static void write_format(const struct piece *k, struct out *o)
{
	char of[32];

	begin(o, "format", "format-", k->id);
	snprintf(of, sizeof(of), "part-%s", k->id);
	out_pair(o, "volume", of);
	out_pair(o, "fstype", k->fs);
	out_end(o);
}

static void write_mount(const struct piece *k, struct out *o)
{
	char of[32];

	begin(o, "mount", "mount-", k->id);
	snprintf(of, sizeof(of), "format-%s", k->id);
	out_pair(o, "device", of);
	out_pair(o, "path", k->mount);
	out_end(o);
}

/* A folder before what is mounted below it: the shortest path first. */
static void write_mounts(const struct storage *s, struct out *o)
{
	enum { LONGEST = 16 };

	for (size_t len = 1; len < LONGEST; len++)
		for (size_t i = 0; i < s->n; i++)
			if (s->piece[i].mount && strlen(s->piece[i].mount) == len)
				write_mount(&s->piece[i], o);
}

/* The machine's variables go nowhere with the disk; what is on the installer's command
 * line is the installer's. */
static void write_grub(const struct storage *s, struct out *o)
{
	out_text(o, "grub");
	out_map(o, false);
	if (!s->bios) {
		out_pair_bool(o, "update_nvram", false);
		out_pair_bool(o, "reorder_uefi", false);
	}
	out_pair_bool(o, "probe_additional_os", false);
	out_pair_bool(o, "replace_linux_default", false);
	out_end(o);
}

void storage_write(const struct storage *s, struct out *o)
{
	out_map(o, false);
	/* else there would be a file for it */
	out_text(o, "swap");
	out_map(o, true);
	out_pair_number(o, "size", 0);
	out_end(o);
	write_grub(s, o);
	out_text(o, "config");
	out_list(o, false);
	write_disk(s, o);
	for (size_t i = 0; i < s->n; i++)
		if (!s->piece[i].volume)
			write_piece(&s->piece[i], o);
	if (s->lvm)
		write_group(o);
	for (size_t i = 0; i < s->n; i++)
		if (s->piece[i].volume)
			write_piece(&s->piece[i], o);
	for (size_t i = 0; i < s->n; i++)
		if (s->piece[i].fs)
			write_format(&s->piece[i], o);
	write_mounts(s, o);
	out_end(o);
	out_end(o);
}
