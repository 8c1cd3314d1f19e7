#include "grubify.h"
#include "cleanup.h"
#include "diag.h"
#include "extio.h"
#include "fsread.h"
#include "roles.h"
#include "run.h"

#include <stdarg.h>
#include <string.h>

int refuse(const struct plan *pl, enum status st, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	diag("%s: %s", pl->img.path, text ? text : fmt);
	return st;
}

int broken(const struct plan *pl, int err, const char *what)
{
	diag_errno(err, "%s: %s", pl->img.path ? pl->img.path : "image", what);
	return ST_FAILED;
}

static int check_state(const struct plan *pl)
{
	static const enum status status[] = { [IMAGE_NO_TABLE] = ST_NO_TABLE,
		[IMAGE_CONTAINER] = ST_NOT_RAW,
		[IMAGE_TRUNCATED] = ST_TRUNCATED,
		[IMAGE_CORRUPT] = ST_CORRUPT,
		[IMAGE_4KN] = ST_4KN,
		[IMAGE_FOREIGN] = ST_FOREIGN };
	const struct image *img = &pl->img;

	if (img->state == IMAGE_CONTAINER && !strstr(img->problem, "compressed"))
		return refuse(pl, ST_NOT_RAW,
			"%s: qemu-img convert -O raw IMAGE NEW makes one",
			img->problem);
	if (img->state != IMAGE_GOOD)
		return refuse(pl, status[img->state], "%s", img->problem);
	if (!img->gpt && strcmp(img->table, "dos") != 0)
		return refuse(
			pl, ST_FOREIGN, "a %s label, neither MBR nor GPT", img->table);
	return 0;
}

static bool needs_kernel(const struct part *p)
{
	return p->role &&
	       (strcmp(p->role, "lvm") == 0 || strcmp(p->role, "raid") == 0 ||
		       strcmp(p->role, "luks") == 0);
}

static int no_root(struct plan *pl)
{
	for (unsigned i = 0; i < pl->img.n; i++)
		if (needs_kernel(&pl->img.parts[i]))
			return refuse(pl, ST_NEEDS_KERNEL,
				"partition %u is %s: what lies in it can't be "
				"reached by --via file",
				pl->img.parts[i].number, pl->img.parts[i].fs);
	for (unsigned i = 0; i < pl->img.n; i++)
		if (pl->img.parts[i].role &&
			strcmp(pl->img.parts[i].role, "root?") == 0)
			diag("%s: partition %u may be the root (%s)", pl->img.path,
				pl->img.parts[i].number, pl->img.parts[i].why);
	return refuse(pl, ST_NO_ROOT,
		"no partition is clearly the root: name it by "
		"--root NUMBER");
}

static int choose_root(struct plan *pl, int number)
{
	pl->root = roles_get(&pl->img, "root");
	if (number == 0)
		return pl->root ? 0 : no_root(pl);
	pl->root = NULL;
	for (unsigned i = 0; i < pl->img.n; i++)
		if (pl->img.parts[i].number == (unsigned)number)
			pl->root = &pl->img.parts[i];
	if (!pl->root)
		return refuse(pl, ST_NO_ROOT, "there is no partition %d", number);
	if (needs_kernel(pl->root))
		return no_root(pl);
	if (!pl->root->fs || pl->root->extended)
		return refuse(
			pl, ST_NO_ROOT, "partition %d holds no filesystem", number);
	return 0;
}

/* The root, or a /boot of its own; and within it the folder. */
static int choose_home(struct plan *pl)
{
	struct part *boot = roles_get(&pl->img, "boot");
	char **top = NULL;
	struct fs fs;

	pl->home = pl->root;
	pl->subvol = "";
	/* kernels at the top of another one are no /boot if the root has its own */
	if (boot && boot != pl->root && boot->fs &&
		(!strstr(boot->why, "kernel") || !strstr(pl->root->why, "kernel")))
		pl->home = boot;
	if (strcmp(pl->root->fs, "btrfs") == 0 &&
		fs_open(&fs, &pl->img, pl->root, pl->grub.fstest) == 0 &&
		fs_list(&fs, "/", &top) == 0) {
		if (fs_has(top, "@/") && !fs_has(top, "etc/"))
			pl->subvol = "/@";
		fs_free_names(top);
	}
	if (asprintf(&pl->folder, "%s%s", pl->home == pl->root ? pl->subvol : "",
		    pl->home == pl->root ? "/boot/grub" : "/grub") < 0)
		return broken(pl, -ENOMEM, "plan");
	return 0;
}

static struct part *first(struct plan *pl, bool (*is)(const struct part *))
{
	for (unsigned i = 0; i < pl->img.n; i++)
		if (is(&pl->img.parts[i]))
			return &pl->img.parts[i];
	return NULL;
}

static int choose_targets(struct plan *pl, const char *want)
{
	pl->biosboot = pl->img.gpt ? first(pl, part_is_biosboot) : NULL;
	pl->esp = first(pl, part_is_esp);
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
			"21686148-6449-6E6F-744E-656564454649), or boot it by UEFI");
	if ((pl->targets & TARGET_EFI) && !pl->esp)
		return refuse(pl, ST_NO_ESP,
			"UEFI, but no EFI system partition (FAT, type EF or "
			"C12A7328-F81F-11D2-BA4B-00A0C93EC93B)");
	if ((pl->targets & TARGET_EFI) &&
		(!pl->esp->fs || strcmp(pl->esp->fs, "vfat") != 0))
		return refuse(pl, ST_NO_ESP,
			"partition %u: the EFI system partition holds no FAT "
			"filesystem",
			pl->esp->number);
	return 0;
}

/* e2fsck replays the journal in place: not part of what can be undone. */
static int run_fsck(struct plan *pl, const struct part *p)
{
	_cleanup_free_ char *dev = NULL;
	int r;

	if (asprintf(&dev, "/proc/%d/fd/%d?offset=%llu", (int)getpid(), pl->img.fd,
		    (unsigned long long)p->start) < 0)
		return broken(pl, -ENOMEM, "e2fsck");
	const char *const argv[] = { "e2fsck", "-p", dev, NULL };

	r = run(argv);
	if (r == -ENOENT)
		return refuse(pl, ST_DIRTY, "e2fsck is not installed");
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
	if (!e && is_dirty(fs) && o->fsck && !o->dry_run) {
		cleanup_ext(&fs);
		if ((r = run_fsck(pl, p)))
			return r;
		e = extio_open(&pl->img, p, false, &fs);
	}
	if (extio_errno(e) == -EOPNOTSUPP)
		return 0;
	if (e)
		return refuse(pl, ST_DIRTY, "partition %u: %s%s", p->number,
			error_message(e),
			o->fsck ? "" : "; --fsck runs e2fsck on it first");
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

	if ((r = check_ext(pl, pl->home, o, &pl->copied)) ||
		(r = pl->home == pl->root ? 0
					  : check_ext(pl, pl->root, o, &root_writable)))
		return r;
	return 0;
}

int plan_make(struct plan *pl, const struct options *o)
{
	int r;

	pl->mounted = o->via && strcmp(o->via, "dm") == 0;
	if ((r = check_state(pl)) || (r = grub_find(pl, o->grub_dir)))
		return r;
	if ((r = roles_find(&pl->img, pl->grub.fstest)) < 0)
		return broken(pl, r, "roles");
	if ((r = choose_root(pl, o->root)) || (r = choose_home(pl)) ||
		(r = choose_targets(pl, o->target)) || (r = check_filesystems(pl, o)))
		return r;
	/*
	 * From here on GRUB's programs work beside us. A core with a menu inside
	 * has to wait for the menu.
	 */
	if ((r = verify_start(pl)) ||
		(pl->copied && !pl->mounted && (r = grub_start(pl))) ||
		(r = config_plan(pl, o->new_config)) || (r = verify_readable(pl)))
		return r;
	return pl->copied ? 0 : grub_start(pl);
}

void plan_print(const struct plan *pl)
{
	printf("root\tpartition %u, %s\n", pl->root->number, pl->root->fs);
	printf("grub\tpartition %u, %s%s\n", pl->home->number, pl->folder,
		pl->copied ? "" : " (read only: all modules in the core image)");
	if (pl->targets & TARGET_BIOS) {
		if (pl->biosboot)
			printf("bios\tcore image in partition %u, boot sector\n",
				pl->biosboot->number);
		else
			puts("bios\tcore image in the gap after the MBR, boot sector");
	}
	if (pl->targets & TARGET_EFI)
		printf("efi\tpartition %u, /EFI/BOOT/BOOTX64.EFI\n", pl->esp->number);
	printf("menu\t%s\n", !pl->config.data ? "the one that is there"
			     : pl->copied     ? "a new grub.cfg, for the kernels there"
					      : "inside the core image");
	if (pl->debconf.data)
		puts("debconf\tgrub-pc forgets the builder's disk");
}

void plan_free(struct plan *pl)
{
	free(pl->folder);
	free(pl->config.data);
	free(pl->debconf.data);
	free(pl->core_bios.data);
	free(pl->core_efi.data);
	free(pl->boot_sector.data);
	child_drop(&pl->readable);
	grub_free(pl);
	image_close(&pl->img);
}
