// SPDX-License-Identifier: MIT
#include "grubify.h"
#include "cleanup.h"
#include "embed.h"
#include "extput.h"

#include <dirent.h>
#include <string.h>

enum { FILE_MAX = 64 << 20, ENV_SIZE = 1024, SECTOR = 512 };

/* what is a path, or a name in folder; of it, reached bytes are what the trouble is
 * with */
static int ext_trouble(struct plan *pl, const struct part *p, errcode_t e,
	const char *folder, const char *what, size_t reached)
{
	int err = extio_errno(e), len = reached ? (int)reached : (int)strlen(what);
	const char *slash = folder && *folder ? "/" : "";

	if (!folder)
		folder = "";
	if (e == EXT_PUT_FOLDER)
		return refuse(pl, ST_IN_THE_WAY,
			"%s: %s%s%.*s is a folder, where GRUB's file is to be: move it "
			"away",
			where(pl, p).s, folder, slash, len, what);
	if (e == EXT_PUT_NO_FOLDER)
		return refuse(pl, ST_IN_THE_WAY,
			"%s: %s%s%.*s is no folder, and GRUB's files are to be in one: "
			"move it away",
			where(pl, p).s, folder, slash, len, what);
	if (e == EXT_PUT_NOWHERE)
		return refuse(pl, ST_IN_THE_WAY,
			"%s: %s%s%.*s is a symlink to nowhere: remove it, or make the "
			"folder that it names",
			where(pl, p).s, folder, slash, len, what);
	if (err == -ENOSPC)
		return refuse(pl, ST_NO_SPACE, "%s: no blocks or inodes left for %s",
			where(pl, p).s, what);
	return refuse(pl, ST_FAILED, "%s: %s%s%s: %s", where(pl, p).s, folder, slash,
		what, err == -EUCLEAN ? error_message(e) : strerror(-err));
}

static bool ends(const char *s, const char *tail)
{
	size_t n = strlen(s), t = strlen(tail);

	return n > t && strcmp(s + n - t, tail) == 0;
}

/* What grub-install copies of a platform's folder. */
static bool is_wanted(const char *name)
{
	return ends(name, ".mod") || ends(name, ".lst") ||
	       strcmp(name, "modinfo.sh") == 0 || strcmp(name, "efiemu32.o") == 0 ||
	       strcmp(name, "efiemu64.o") == 0;
}

static bool of_another_build(const char *name, void *from)
{
	_cleanup_free_ char *path = NULL;

	if (!ends(name, ".mod") && !ends(name, ".lst"))
		return false;
	return asprintf(&path, "%s/%s", (const char *)from, name) > 0 &&
	       access(path, F_OK) != 0;
}

static int put_file(struct plan *pl, ext2_filsys fs, ext2_ino_t dir, const char *folder,
	const char *to, const char *name)
{
	_cleanup_free_ char *path = NULL;
	struct blob b = { 0 };
	errcode_t e;
	int r;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return broken(pl, -ENOMEM, name);
	if ((r = blob_read(&b, path, FILE_MAX)) < 0)
		return refuse(pl, ST_NO_GRUB, "%s: %s", path, strerror(-r));
	e = ext_put(fs, dir, name, b.data, b.len, false);
	r = e ? ext_trouble(pl, pl->boot_part, e, to, name, 0)
	      : verify_later(pl, pl->boot_part, to, name, &b);
	free(b.data);
	return r;
}

static int by_name(const struct dirent *e)
{
	return is_wanted(e->d_name);
}

/* A platform's modules; what another build left there goes. */
static int put_platform(struct plan *pl, ext2_filsys fs, const char *platform)
{
	_cleanup_free_ char *from = NULL, *to = NULL;
	struct dirent **list = NULL;
	size_t reached = 0;
	ext2_ino_t dir;
	errcode_t e;
	int n, r = 0;

	if (asprintf(&from, "%s/%s", pl->grub.dir, platform) < 0 ||
		asprintf(&to, "%s/%s", pl->folder, platform) < 0)
		return broken(pl, -ENOMEM, platform);
	if ((e = ext_folder(fs, to, &dir, &reached)))
		return ext_trouble(pl, pl->boot_part, e, NULL, to, reached);
	if ((e = ext_prune(fs, dir, of_another_build, from)))
		return ext_trouble(pl, pl->boot_part, e, NULL, to, 0);
	/* sorted, so that the same files land in the same blocks each time */
	if ((n = scandir(from, &list, by_name, alphasort)) < 0)
		return refuse(pl, ST_NO_GRUB, "%s: %s", from, strerror(errno));
	for (int i = 0; i < n; i++) {
		if (!r)
			r = put_file(pl, fs, dir, from, to, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	return r;
}

/* A text that a link leads to stays where that is; GRUB's own files go into its folder.
 */
static int put_blob(struct plan *pl, ext2_filsys fs, const struct part *p,
	const char *folder, const char *name, const struct blob *b, bool follow)
{
	size_t reached = 0;
	ext2_ino_t dir;
	errcode_t e = ext_folder(fs, folder, &dir, &reached);

	if (e)
		return ext_trouble(pl, p, e, NULL, folder, reached);
	if ((e = ext_put(fs, dir, name, b->data, b->len, follow)))
		return ext_trouble(pl, p, e, folder, name, 0);
	return verify_later(pl, p, folder, name, b);
}

/* An environment that is there holds somebody's choices: it stays. */
static int put_env(struct plan *pl, ext2_filsys fs)
{
	static const char head[] = "# GRUB Environment Block\n";
	char env[ENV_SIZE];
	struct blob b = { env, sizeof(env) };
	ext2_ino_t dir, ino;
	size_t reached = 0;
	errcode_t e = ext_folder(fs, pl->folder, &dir, &reached);

	if (e)
		return ext_trouble(pl, pl->boot_part, e, NULL, pl->folder, reached);
	/* so does a link, be it to another partition */
	if (ext2fs_lookup(fs, dir, "grubenv", strlen("grubenv"), NULL, &ino) == 0)
		return 0;
	memset(env, '#', sizeof(env));
	memcpy(env, head, sizeof(head) - 1);
	return put_blob(pl, fs, pl->boot_part, pl->folder, "grubenv", &b, false);
}

static int put_boot(struct plan *pl, ext2_filsys fs)
{
	_cleanup_free_ char *pc = NULL, *efi = NULL;
	int r = 0;

	if (asprintf(&pc, "%s/i386-pc", pl->folder) < 0 ||
		asprintf(&efi, "%s/x86_64-efi", pl->folder) < 0)
		return broken(pl, -ENOMEM, pl->folder);
	if (((pl->targets & TARGET_BIOS) && (r = put_platform(pl, fs, "i386-pc"))) ||
		((pl->targets & TARGET_EFI) &&
			(r = put_platform(pl, fs, "x86_64-efi"))) ||
		(r = grub_finish(pl)))
		return r;
	if (pl->targets & TARGET_BIOS)
		if ((r = put_blob(pl, fs, pl->boot_part, pc, "boot.img",
			     &pl->boot_sector, false)) ||
			(r = put_blob(pl, fs, pl->boot_part, pc, "core.img",
				 &pl->core_bios, false)))
			return r;
	if (pl->targets & TARGET_EFI)
		if ((r = put_blob(pl, fs, pl->boot_part, efi, "core.efi", &pl->core_efi,
			     false)))
			return r;
	if ((r = put_env(pl, fs)))
		return r;
	return pl->config.data ? put_blob(pl, fs, pl->boot_part, pl->folder, "grub.cfg",
					 &pl->config, true)
			       : 0;
}

/* Opens, lets put() change, flushes what changed. */
static int with_ext(
	struct plan *pl, struct part *p, int (*put)(struct plan *, ext2_filsys))
{
	_cleanup_(cleanup_ext) ext2_filsys fs = NULL;
	errcode_t e = extio_open(&pl->img, p, true, &fs);
	int r;

	if (!e)
		e = ext2fs_read_bitmaps(fs);
	if (e)
		return ext_trouble(pl, p, e, NULL, "its bitmaps", 0);
	/* the copies of the superblock are for the time of need, as the kernel has it
	 */
	fs->flags |= EXT2_FLAG_MASTER_SB_ONLY;
	if ((r = put(pl, fs)))
		return r;
	if ((fs->flags & EXT2_FLAG_CHANGED) && (e = ext2fs_flush(fs)))
		return ext_trouble(pl, p, e, NULL, "the filesystem's own blocks", 0);
	return 0;
}

static int put_debconf(struct plan *pl, ext2_filsys fs)
{
	return put_blob(pl, fs, pl->root, "/var/cache/debconf", "config.dat",
		&pl->debconf, true);
}

static int embed_trouble(struct plan *pl, const struct embed *e, enum embed_error error)
{
	const char *where = pl->biosboot ? "the BIOS boot partition"
					 : "the gap before the first partition";

	switch (error) {
	case EMBED_OK:
		return 0;
	case EMBED_SYSTEM:
		return broken(pl, e->err, "boot sectors");
	case EMBED_NO_GAP:
		return refuse(pl, ST_NO_ROOM,
			"the first partition begins in sector %llu: no gap for GRUB's "
			"core image (sectors 1 to 2047 are usual)",
			(unsigned long long)e->first);
	case EMBED_SMALL:
		return refuse(pl, ST_NO_ROOM,
			"%s has %zu sectors, GRUB's core image needs %zu", where,
			e->room, e->need);
	case EMBED_SOFTWARE:
		return refuse(pl, ST_NO_ROOM,
			"%s holds sectors of %s and leaves %zu, GRUB's core image "
			"needs %zu",
			where, e->software, e->room, e->need);
	case EMBED_BAD_CHAIN:
		return refuse(pl, ST_CORRUPT,
			"the chain of logical partitions leads nowhere");
	case EMBED_BAD_CORE:
		break;
	}
	return refuse(pl, ST_NO_GRUB, "GRUB's core image is none, or too large");
}

static int store_bios(struct plan *pl)
{
	size_t need = (pl->core_bios.len + SECTOR - 1) / SECTOR;
	_cleanup_(embed_free) struct embed e = { 0 };
	enum embed_error error;

	if (pl->biosboot)
		error = embed_in_partition(
			pl->biosboot->start, pl->biosboot->size, need, &e);
	else
		error = embed_in_gap(&pl->img.ov, need, &e);
	if (error == EMBED_OK)
		error = embed_write(&pl->img.ov, &e, pl->core_bios.data,
			pl->core_bios.len, (unsigned char *)pl->boot_sector.data);
	return embed_trouble(pl, &e, error);
}

int store_all(struct plan *pl)
{
	int r;

	/* the modules first: the cores are still in the making */
	if (pl->copied && (r = with_ext(pl, pl->boot_part, put_boot)))
		return r;
	if (!pl->copied && (r = grub_finish(pl)))
		return r;
	if ((pl->targets & TARGET_BIOS) && (r = store_bios(pl)))
		return r;
	if ((pl->targets & TARGET_EFI) && (r = esp_store(pl)))
		return r;
	return pl->debconf.data ? with_ext(pl, pl->root, put_debconf) : 0;
}
