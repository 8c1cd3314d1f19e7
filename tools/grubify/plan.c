// SPDX-License-Identifier: MIT
#include "grubify.h"
#include "cleanup.h"
#include "confine.h"
#include "container.h"
#include "convert.h"
#include "diag.h"
#include "extio.h"
#include "fsread.h"
#include "fswhy.h"
#include "roles.h"

#include <string.h>

static int damaged_ext(struct plan *pl, const struct part *p, errcode_t e)
{
	return refuse(pl, ST_DIRTY,
		"partition %u: %s: --fsck runs e2fsck -p on it first, e2fsck -f asks",
		p->number, error_message(e));
}

static int not_raw(struct plan *pl)
{
	const char *why = container_refusal(&pl->img);
	_cleanup_free_ char *line = why ? NULL : container_line(&pl->img);

	note(pl, "%s", pl->img.problem);
	if (why)
		note(pl,
			"no command to convert it is shown, for it would read another "
			"file, too: %s; convert it only if you trust who made it",
			why);
	/* by itself, and so that it can be typed as it is */
	if (line)
		diag("%s: %s",
			strncmp(line, "qemu-img", 8) == 0 ? "convert it" : "unpack it",
			line);
	return ST_NOT_RAW;
}

/* One filesystem over all of it leaves no room for GRUB. */
static int no_partition(struct plan *pl)
{
	_cleanup_free_ char *from = shell_word(pl->img.path);
	_cleanup_free_ char *name = convert_name(pl->img.path);
	_cleanup_free_ char *to = name ? shell_word(name) : NULL;
	const unsigned long long mib = 1 << 20;

	if (strcmp(pl->img.parts[0].fs, "swap") == 0) {
		note(pl, "%s: no system that could boot", pl->img.problem);
		return ST_NO_TABLE;
	}
	note(pl,
		"%s: it boots by a kernel from outside (Xen, qemu -kernel), or as a "
		"partition",
		pl->img.problem);
	if (from && to && strcmp(pl->img.parts[0].fs, "iso9660") != 0)
		diag("into one: truncate -s %lluM %s && echo '2048,,83,*' | sfdisk %s "
		     "&& dd if=%s of=%s bs=1M seek=1 conv=notrunc,sparse",
			(pl->img.size + mib - 1) / mib + 1, to, to, from, to);
	return ST_NO_TABLE;
}

int plan_state(struct plan *pl)
{
	static const enum status status[] = { [IMAGE_NO_TABLE] = ST_NO_TABLE,
		[IMAGE_CONTAINER] = ST_NOT_RAW,
		[IMAGE_TRUNCATED] = ST_TRUNCATED,
		[IMAGE_CORRUPT] = ST_CORRUPT,
		[IMAGE_4KN] = ST_4KN,
		[IMAGE_FOREIGN] = ST_FOREIGN };
	static const char *const next[IMAGE_FOREIGN + 1] = {
		[IMAGE_TRUNCATED] = "; next: fetch or copy it again, whole",
		[IMAGE_4KN] =
			"; next: partition it anew in sectors of 512 bytes, which "
			"is what a file is read in",
		[IMAGE_FOREIGN] =
			"; next: wipefs lists what lies there, and -t removes "
			"what is not meant",
	};
	const struct image *img = &pl->img;

	if (img->state == IMAGE_CONTAINER)
		return not_raw(pl);
	if (img->state == IMAGE_NO_TABLE && img->parts[0].fs &&
		!img->parts[0].signatures)
		return no_partition(pl);
	if (img->state != IMAGE_GOOD)
		return refuse(pl, status[img->state], "%s%s", img->problem,
			next[img->state] ? next[img->state] : "");
	if (!img->gpt && strcmp(img->table, "dos") != 0)
		return refuse(
			pl, ST_FOREIGN, "a %s label, neither MBR nor GPT", img->table);
	return 0;
}

static int unclear(struct plan *pl, const struct part *p)
{
	return refuse(pl, ST_NO_ROOT,
		"partition %u: signatures of %s: wipefs -n on it shows them, and one "
		"too many goes by wipefs -o",
		p->number, p->signatures);
}

/* Why a system may be there and not be seen: what GRUB, or nobody, can read. */
static int closed_root(struct plan *pl)
{
	for (unsigned i = 0; i < pl->img.n; i++) {
		struct part *p = &pl->img.parts[i];
		_cleanup_(cleanup_ext) ext2_filsys fs = NULL;
		errcode_t e = 0;

		if (!p->fs || p->role || p->extended || p->past_end ||
			part_needs_kernel(p))
			continue;
		if (strncmp(p->fs, "ext", 3) == 0)
			e = extio_open(&pl->img, p, false, &fs);
		if (e && extio_errno(e) != -EOPNOTSUPP)
			return damaged_ext(pl, p, e);
		if (fs_readable(&pl->img, p, pl->grub.fstest) == 0)
			return unreadable(pl, p);
	}
	return 0;
}

static int no_root(struct plan *pl)
{
	int r;

	for (unsigned i = 0; i < pl->img.n; i++)
		if (part_needs_kernel(&pl->img.parts[i]))
			return refuse(pl, ST_NEEDS_KERNEL,
				"partition %u is %s: what lies in it can't be "
				"reached by --via %s, but by --via vm",
				pl->img.parts[i].number, pl->img.parts[i].fs,
				pl->mounted ? "dm" : "file");
	for (unsigned i = 0; i < pl->img.n; i++)
		if (!pl->img.parts[i].fs && pl->img.parts[i].signatures)
			return unclear(pl, &pl->img.parts[i]);
	for (unsigned i = 0; i < pl->img.n; i++)
		if (pl->img.parts[i].role &&
			strcmp(pl->img.parts[i].role, "root?") == 0)
			note(pl, "partition %u may be the root (%s)",
				pl->img.parts[i].number, pl->img.parts[i].why);
	if ((r = closed_root(pl)))
		return r;
	return refuse(pl, ST_NO_ROOT,
		"no partition is clearly the root: name it by "
		"--root NUMBER");
}

static int choose_root(struct plan *pl, const char *name)
{
	char *end;
	unsigned long number = name ? strtoul(name, &end, 10) : 0;

	pl->root = roles_get(&pl->img, "root");
	if (!name)
		return pl->root ? 0 : no_root(pl);
	pl->root = NULL;
	for (unsigned i = 0; i < pl->img.n; i++)
		if (!*end && pl->img.parts[i].number == number)
			pl->root = &pl->img.parts[i];
	if (!pl->root)
		return refuse(pl, ST_NO_ROOT, "there is no partition %s", name);
	if (part_needs_kernel(pl->root))
		return no_root(pl);
	if (!pl->root->fs && pl->root->signatures)
		return unclear(pl, pl->root);
	if (!pl->root->fs || pl->root->extended)
		return refuse(pl, ST_NO_ROOT, "partition %s holds no filesystem", name);
	return 0;
}

/* Whether what lies in partitions that we can't look into is asked for, or needed. */
static bool is_for_guest(struct plan *pl, const struct options *o)
{
	const struct part *named = NULL;
	bool any = false, roots = false;
	char *end;

	for (unsigned i = 0; i < pl->img.n; i++) {
		const struct part *p = &pl->img.parts[i];

		any |= part_needs_kernel(p);
		roots |= p->role && strncmp(p->role, "root", 4) == 0;
		if (o->root && p->number == strtoul(o->root, &end, 10) && !*end)
			named = p;
	}
	return named ? part_needs_kernel(named) : any && (o->root || !roots);
}

/* The root, or a /boot of its own; and within it the folder. */
static int choose_boot(struct plan *pl)
{
	struct part *boot = roles_get(&pl->img, "boot");

	pl->boot_part = pl->root;
	/* kernels at the top of another one are no /boot if the root has its own */
	if (boot && boot != pl->root && boot->fs &&
		(!strstr(boot->why, "kernel") || !strstr(pl->root->why, "kernel")))
		pl->boot_part = boot;
	return plan_folder(pl);
}

int plan_folder(struct plan *pl)
{
	const char *own = pl->boot_part->boot;
	int n;

	pl->subvol = pl->root->subvol ? pl->root->subvol : "";
	if (pl->root->subvol_other)
		return refuse(pl, ST_NO_ROOT,
			"%s: the subvolumes %s and %s look equally like the root: "
			"btrfs "
			"subvolume set-default says which it is",
			where(pl, pl->root).s, *pl->subvol ? pl->subvol : "/",
			pl->root->subvol_other);
	if (own || pl->boot_part != pl->root)
		n = asprintf(&pl->boot, "%s", own ? own : "");
	else
		n = asprintf(&pl->boot, "%s/boot", pl->subvol);
	if (n < 0 || asprintf(&pl->folder, "%s/grub", pl->boot) < 0)
		return broken(pl, -ENOMEM, "plan");
	return 0;
}

static int no_fat(struct plan *pl)
{
	enum { MIB = 1 << 20, LEAST = 32 };
	const unsigned long long size = pl->esp->size / MIB;

	if (size < LEAST)
		return refuse(pl, ST_NO_ESP,
			"partition %u: the EFI system partition holds no FAT "
			"filesystem, and is of %llu MiB: was a BIOS boot partition "
			"meant (type "
			"21686148-6449-6E6F-744E-656564454649)?",
			pl->esp->number, size);
	return refuse(pl, ST_NO_ESP,
		"partition %u: the EFI system partition holds no FAT filesystem: "
		"mkfs.vfat makes one",
		pl->esp->number);
}

int plan_targets(struct plan *pl, const char *want)
{
	pl->biosboot = pl->img.gpt ? roles_biosboot(&pl->img) : NULL;
	pl->esp = roles_esp(&pl->img);
	if (!want) {
		bool bios = !pl->img.gpt || pl->biosboot;

		pl->targets = bios ? TARGET_BIOS : 0;
		pl->targets |= pl->esp ? TARGET_EFI : 0;
		if (!pl->targets)
			pl->targets = TARGET_BIOS; /* whose lack is explained below */
	} else {
		pl->targets = strcmp(want, "i386-pc") == 0 ? TARGET_BIOS
			      : strcmp(want, "both") == 0  ? TARGET_BIOS | TARGET_EFI
							   : TARGET_EFI;
	}
	if ((pl->targets & TARGET_BIOS) && pl->img.gpt && !pl->biosboot)
		return refuse(pl, ST_NO_BIOSBOOT,
			"GPT without a BIOS boot partition (1 MiB of type "
			"21686148-6449-6E6F-744E-656564454649): add one with sfdisk "
			"-a, "
			"or an EFI system partition and --target x86_64-efi");
	if ((pl->targets & TARGET_EFI) && !pl->esp)
		return refuse(pl, ST_NO_ESP,
			"UEFI, but no EFI system partition (FAT, type EF or "
			"C12A7328-F81F-11D2-BA4B-00A0C93EC93B): add one with sfdisk -a "
			"and mkfs.vfat, or take --target i386-pc");
	if ((pl->targets & TARGET_EFI) &&
		(!pl->esp->fs || strcmp(pl->esp->fs, "vfat") != 0))
		return no_fat(pl);
	return 0;
}

/* e2fsck replays the journal in place: not part of what can be undone. */
static int run_fsck(struct plan *pl, const struct part *p)
{
	const struct confine files = { { pl->img.fd }, 1, true };
	_cleanup_free_ char *dev = NULL, *program = find_program("e2fsck");
	struct child c;
	char path[32];
	int r;

	if (!program)
		return refuse(pl, ST_DIRTY, "e2fsck is not installed");
	confine_path(pl->img.fd, path);
	if (asprintf(&dev, "%s?offset=%llu", path, (unsigned long long)p->start) < 0)
		return broken(pl, -ENOMEM, "e2fsck");
	/* -f: what was unmounted cleanly may be damaged, too */
	const char *const argv[] = { program, "-fp", dev, NULL };

	r = child_start_confined(&c, argv, false, &files);
	if (r == 0)
		r = child_wait(&c, 0, NULL, NULL);
	return r >= 0 && r < 4 ? 0
			       : refuse(pl, ST_DIRTY,
					 "partition %u: e2fsck -p could not repair it "
					 "(status %d)",
					 p->number, r);
}

static bool is_dirty(ext2_filsys fs)
{
	return ext2fs_has_feature_journal_needs_recovery(fs->super) ||
	       !(fs->super->s_state & EXT2_VALID_FS) ||
	       (fs->super->s_state & EXT2_ERROR_FS);
}

/* Features that a writer beside the kernel has to keep right, and we do not. */
static bool is_delicate(ext2_filsys fs)
{
	return ext2fs_has_feature_quota(fs->super) ||
	       ext2fs_has_feature_mmp(fs->super) ||
	       ext2fs_has_feature_bigalloc(fs->super) ||
	       ext2fs_has_feature_inline_data(fs->super) ||
	       ext2fs_has_feature_casefold(fs->super) ||
	       ext2fs_has_feature_orphan_present(fs->super) ||
	       ext2fs_has_feature_encrypt(fs->super) ||
	       ext2fs_has_feature_shared_blocks(fs->super) ||
	       ext2fs_has_feature_readonly(fs->super);
}

/* Clean, and whether files can be put there: *writable. */
static int check_ext(
	struct plan *pl, const struct part *p, const struct options *o, bool *writable)
{
	_cleanup_(cleanup_ext) ext2_filsys fs = NULL;
	errcode_t e;
	int r;

	*writable = false;
	if (!p->fs || strncmp(p->fs, "ext", 3) != 0)
		return 0;
	e = extio_open(&pl->img, p, false, &fs);
	if (o->fsck && !o->dry_run && extio_errno(e) != -EOPNOTSUPP) {
		cleanup_ext(&fs);
		if ((r = run_fsck(pl, p)))
			return r;
		e = extio_open(&pl->img, p, false, &fs);
	}
	if (extio_errno(e) == -EOPNOTSUPP)
		return 0;
	if (e)
		return damaged_ext(pl, p, e);
	if (is_dirty(fs))
		return refuse(pl, ST_DIRTY,
			"partition %u: not unmounted cleanly (its journal waits): "
			"--fsck runs e2fsck on it first",
			p->number);
	*writable = !is_delicate(fs);
	return 0;
}

static int check_filesystems(struct plan *pl, const struct options *o)
{
	bool root_writable;
	int r;

	if ((r = check_ext(pl, pl->boot_part, o, &pl->copied)) ||
		(r = pl->boot_part == pl->root
				? 0
				: check_ext(pl, pl->root, o, &root_writable)))
		return r;
	return 0;
}

/* The kernel's name for a partition of an MBR whose disk has no number: 0 is one, too.
 */
static int name_parts(struct plan *pl)
{
	for (unsigned i = 0; !pl->img.gpt && i < pl->img.n; i++) {
		struct part *p = &pl->img.parts[i];

		if (!p->partuuid && p->number > 0 &&
			asprintf(&p->partuuid, "00000000-%02x", p->number) < 0)
			return broken(pl, -ENOMEM, "plan");
	}
	return 0;
}

int plan_make(struct plan *pl, const struct options *o)
{
	int r;

	pl->mounted = o->via && strcmp(o->via, "dm") == 0;
	pl->vm = o->via && strcmp(o->via, "vm") == 0;
	pl->root_img = pl->boot_img = &pl->img;
	if ((r = plan_state(pl)) || (r = name_parts(pl)) ||
		(r = grub_find(pl, o->grub_dir)) || pl->vm)
		return r;
	if ((r = roles_find(&pl->img, pl->grub.fstest)) < 0)
		return broken(pl, r, "roles");
	pl->vm = (!o->via || strcmp(o->via, "auto") == 0) && is_for_guest(pl, o);
	if (pl->vm)
		return 0;
	/* what is not unmounted, or that GRUB can't read: before all that depends on it
	 */
	if ((r = choose_root(pl, o->root)) || (r = choose_boot(pl)) ||
		(r = check_filesystems(pl, o)) || (r = verify_start(pl)) ||
		(r = verify_readable(pl)) || (r = plan_targets(pl, o->target)))
		return r;
	/*
	 * From here on GRUB's programs work beside us. A core with a menu inside
	 * has to wait for the menu.
	 */
	esp_look(pl);
	if ((pl->copied && !pl->mounted && (r = grub_start(pl))) ||
		(r = config_plan(pl, o->new_config)))
		return r;
	esp_seen(pl);
	return pl->copied ? 0 : grub_start(pl);
}

void plan_print(const struct plan *pl, FILE *f, const char *before)
{
	fprintf(f, "%sroot\t%s, %s\n", before, where(pl, pl->root).s, pl->root->fs);
	fprintf(f, "%sgrub\t%s, %s%s\n", before, where(pl, pl->boot_part).s, pl->folder,
		pl->copied ? "" : " (read only: all modules in the core image)");
	if (pl->targets & TARGET_BIOS) {
		if (pl->biosboot)
			fprintf(f, "%sbios\tcore image in partition %u, boot sector\n",
				before, pl->biosboot->number);
		else
			fprintf(f,
				"%sbios\tcore image in the gap after the MBR, boot "
				"sector\n",
				before);
	}
	if (pl->targets & TARGET_EFI)
		fprintf(f, "%sefi\tpartition %u, /EFI/BOOT/BOOTX64.EFI%s\n", before,
			pl->esp->number,
			pl->was_signed ? " (in place of a signed one: Secure Boot "
					 "will refuse it)"
				       : "");
	fprintf(f, "%smenu\t%s\n", before,
		!pl->config.data ? "the one that is there"
		: pl->copied	 ? "a new grub.cfg, for the kernels there"
				 : "inside the core image");
	if (pl->debconf.data)
		fprintf(f, "%sdebconf\tgrub-pc forgets the builder's disk\n", before);
}

void plan_free(struct plan *pl)
{
	free(pl->boot);
	free(pl->folder);
	free(pl->root_spec);
	free(pl->config.data);
	free(pl->debconf.data);
	free(pl->core_bios.data);
	free(pl->core_efi.data);
	free(pl->boot_sector.data);
	verify_free(pl);
	child_drop(&pl->readable);
	child_drop(&pl->loader);
	grub_free(pl);
	image_close(&pl->img);
}
