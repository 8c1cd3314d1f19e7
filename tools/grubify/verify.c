#include "grubify.h"
#include "bytes.h"
#include "cleanup.h"
#include "fsread.h"

#include <string.h>

enum { MODULE_MAX = 16 << 20, LISTING_MAX = 4 << 20 };

/* GRUB's driver, whatever libext2fs could do. */
static struct fs grub_view(struct plan *pl, const struct part *p)
{
	return (struct fs){ .img = p == pl->home ? pl->home_img : &pl->img,
		.part = p,
		.fstest = pl->grub.fstest };
}

int verify_start(struct plan *pl)
{
	struct fs fs = grub_view(pl, pl->home);
	int r = fs_start(&fs, &pl->readable, "ls", "/");

	return r < 0 ? refuse(pl, ST_NO_GRUB, "%s: %s", pl->grub.fstest, strerror(-r))
		     : 0;
}

int verify_readable(struct plan *pl)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	int r = child_wait(&pl->readable, LISTING_MAX, &text, &len);

	if (r != 0)
		return refuse(pl, ST_NO_GRUB, "%s does not run: GRUB's view is unknown",
			pl->grub.fstest);
	/* no folder is empty: a filesystem without names is one that it can't read */
	if (text[strspn(text, "\n")] == '\0')
		return refuse(pl, ST_UNREADABLE,
			"%s: GRUB can't read this %s filesystem (a feature that it "
			"does not know)",
			where(pl, pl->home).s, pl->home->fs);
	return 0;
}

/* A file that GRUB is asked to read while others are. */
struct look {
	struct child child;
	const struct part *part;
	const char *path;
	const struct blob *want;
};

static void look_start(struct plan *pl, struct look *l, const struct part *p,
	const char *path, const struct blob *want)
{
	struct fs fs = grub_view(pl, p);

	*l = (struct look){ .part = p, .path = path, .want = want };
	if (fs_start(&fs, &l->child, "cat", path) < 0)
		l->child.pid = -1;
}

static int look_finish(struct plan *pl, struct look *l)
{
	_cleanup_free_ char *got = NULL;
	size_t len = 0;

	if (!l->want)
		return 0;
	if (l->child.pid > 0 &&
		child_wait(&l->child, l->want->len + 1, &got, &len) == 0 &&
		len == l->want->len && memcmp(got, l->want->data, len) == 0)
		return 0;
	return refuse(pl, ST_VERIFY, "%s: GRUB does not read %s as written",
		where(pl, l->part).s, l->path);
}

/* One module and the menu: what the boot needs, each in a folder of its own. */
static int verify_files(struct plan *pl)
{
	const char *platform = pl->targets & TARGET_BIOS ? "i386-pc" : "x86_64-efi";
	_cleanup_free_ char *from = NULL, *to = NULL, *menu = NULL;
	struct look module_look = { 0 }, menu_look = { 0 }, efi_look = { 0 };
	struct blob module = { 0 };
	int r = 0, r2, r3;

	if (asprintf(&from, "%s/%s/normal.mod", pl->grub.dir, platform) < 0 ||
		asprintf(&to, "%s/%s/normal.mod", pl->folder, platform) < 0 ||
		asprintf(&menu, "%s/grub.cfg", pl->folder) < 0)
		return broken(pl, -ENOMEM, platform);
	if (pl->copied && (r = blob_read(&module, from, MODULE_MAX)) < 0)
		return broken(pl, r, from);
	if ((pl->targets & TARGET_EFI) && pl->core_efi.data)
		look_start(
			pl, &efi_look, pl->esp, "/EFI/BOOT/BOOTX64.EFI", &pl->core_efi);
	if (pl->copied)
		look_start(pl, &module_look, pl->home, to, &module);
	if (pl->copied && pl->config.data)
		look_start(pl, &menu_look, pl->home, menu, &pl->config);
	r = look_finish(pl, &efi_look);
	r2 = look_finish(pl, &module_look);
	r3 = look_finish(pl, &menu_look);
	free(module.data);
	return r ? r : r2 ? r2 : r3;
}

/* From the boot sector's own words to the core: what the BIOS will do. */
static int verify_boot(struct plan *pl)
{
	unsigned char mbr[512], core[512];
	uint64_t at;
	int r = read_at(pl->img.fd, 0, mbr, sizeof(mbr));

	if (r < 0)
		return broken(pl, r, "boot sector");
	at = get_le64(mbr + 0x5c);
	if (get_le16(mbr + 510) != 0xaa55 || at == 0 ||
		at >= pl->img.size / sizeof(core))
		return refuse(pl, ST_VERIFY, "the boot sector leads nowhere");
	r = read_at(pl->img.fd, at * sizeof(core), core, sizeof(core));
	/* its code; the block list above is the image's own */
	if (r < 0 || memcmp(core, pl->core_bios.data, 0x100) != 0)
		return refuse(pl, ST_VERIFY, "the boot sector leads to no core image");
	return 0;
}

int verify_all(struct plan *pl)
{
	int r = pl->targets & TARGET_BIOS ? verify_boot(pl) : 0;

	/* the guest has looked at the files, and we may have no way to */
	return r || pl->vm ? r : verify_files(pl);
}
