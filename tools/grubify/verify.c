// SPDX-License-Identifier: MIT
#include "grubify.h"
#include "bytes.h"
#include "cleanup.h"
#include "confine.h"
#include "diag.h"
#include "extio.h"
#include "fsread.h"
#include "fswhy.h"

#include <string.h>

enum { MODULE_MAX = 16 << 20, LISTING_MAX = 4 << 20, REPORT_MAX = 1 << 20 };

/* GRUB's driver, whatever libext2fs could do. */
static struct fs grub_view(struct plan *pl, const struct part *p)
{
	return (struct fs){ .img = p == pl->boot_part ? pl->boot_img : &pl->img,
		.part = p,
		.fstest = pl->grub.fstest };
}

int verify_start(struct plan *pl)
{
	struct fs fs = grub_view(pl, pl->boot_part);
	int r = fs_start(&fs, &pl->readable, "ls", "/");

	return r < 0 ? refuse(pl, ST_NO_GRUB, "%s: %s", pl->grub.fstest, strerror(-r))
		     : 0;
}

int unreadable(struct plan *pl, const struct part *p)
{
	struct fswhy why;

	fs_why(p == pl->boot_part ? pl->boot_img : &pl->img, p, &why);
	return refuse(pl, ST_UNREADABLE,
		"%s: GRUB can't read this %s filesystem (%s)%s%s", where(pl, p).s,
		p->fs ? p->fs : "", why.what, *why.next ? "; next: " : "", why.next);
}

int verify_readable(struct plan *pl)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	int r = child_wait(&pl->readable, LISTING_MAX, &text, &len);

	if (r != 0)
		return refuse(pl, ST_NO_GRUB, "%s does not run: GRUB's view is unknown",
			pl->grub.fstest);
	/* of an empty folder there is an empty line */
	return len == 0 ? unreadable(pl, pl->boot_part) : 0;
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
		look_start(pl, &module_look, pl->boot_part, to, &module);
	if (pl->copied && pl->config.data)
		look_start(pl, &menu_look, pl->boot_part, menu, &pl->config);
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

static uint32_t sum_of(const void *data, size_t len)
{
	return ext2fs_crc32c_le(~0U, data, len);
}

int verify_later(struct plan *pl, const struct part *p, const char *folder,
	const char *name, const struct blob *b)
{
	struct written *w =
		reallocarray(pl->written, pl->n_written + 1, sizeof(*pl->written));

	if (!w)
		return broken(pl, -ENOMEM, name);
	pl->written = w;
	w += pl->n_written;
	*w = (struct written){
		.part = p, .len = b->len, .sum = sum_of(b->data, b->len)
	};
	if (asprintf(&w->path, "%s/%s", folder, name) < 0)
		return broken(pl, -ENOMEM, name);
	pl->n_written++;
	return 0;
}

void verify_free(struct plan *pl)
{
	for (size_t i = 0; i < pl->n_written; i++)
		free(pl->written[i].path);
	free(pl->written);
	free(pl->damage);
}

/* Every file, by libext2fs, which begins anew with what is in the image now. */
static int verify_written(struct plan *pl, const struct part *p)
{
	struct image now = { .fd = pl->img.fd, .path = pl->img.path };
	_cleanup_(fs_close) struct fs fs = { 0 };
	int r = 0;

	overlay_init(&now.ov, pl->img.fd, pl->img.size);
	for (size_t i = 0; r == 0 && i < pl->n_written; i++) {
		const struct written *w = &pl->written[i];
		_cleanup_free_ char *got = NULL;
		size_t len = 0;

		if (w->part != p)
			continue;
		if (!fs.ext && fs_open(&fs, &now, p, NULL) < 0)
			r = refuse(pl, ST_VERIFY, "%s: does not open any more",
				where(pl, p).s);
		else if (fs_read(&fs, w->path, w->len, &got, &len) < 0 ||
			 len != w->len || sum_of(got, len) != w->sum)
			r = refuse(pl, ST_VERIFY, "%s: %s is not there as written",
				where(pl, p).s, w->path);
	}
	overlay_free(&now.ov);
	return r;
}

/* Whether a file is the only one of its name there, and of that length, to GRUB. */
static int in_listing(struct plan *pl, const struct written *w, const char *text)
{
	const char *name = strrchr(w->path, '/') + 1;
	size_t n = strlen(name);
	int found = 0, right = 0;

	for (const char *l = text; *l; l += strcspn(l, "\n"), l += *l == '\n') {
		size_t len = strcspn(l, "\n");

		if (len > n && l[len - n - 1] == ' ' &&
			memcmp(l + len - n, name, n) == 0) {
			found++;
			right += strtoull(l, NULL, 10) == w->len;
		}
	}
	return found == 1 && right == 1
		       ? 0
		       : refuse(pl, ST_VERIFY,
				 "%s: GRUB sees %s %d times, of %zu bytes %d times",
				 where(pl, w->part).s, w->path, found, w->len, right);
}

/* The folders as GRUB lists them: names without a second entry, and lengths. */
static int verify_listing(struct plan *pl, const char *folder)
{
	struct fs fs = grub_view(pl, pl->boot_part);
	_cleanup_free_ char *text = NULL, *dir = NULL;
	size_t len, n = strlen(folder);
	struct child c;
	int r = 0;

	if (asprintf(&dir, "%s/", folder) < 0)
		return broken(pl, -ENOMEM, folder);
	if (fs_start(&fs, &c, "ls", dir) < 0 ||
		child_wait(&c, LISTING_MAX, &text, &len) != 0)
		return refuse(pl, ST_VERIFY, "%s: GRUB does not list %s",
			where(pl, pl->boot_part).s, folder);
	for (size_t i = 0; r == 0 && i < pl->n_written; i++) {
		const char *path = pl->written[i].path;

		if (pl->written[i].part == pl->boot_part &&
			strncmp(path, dir, n + 1) == 0 && !strchr(path + n + 1, '/'))
			r = in_listing(pl, &pl->written[i], text);
	}
	return r;
}

static int verify_listings(struct plan *pl)
{
	static const char *const platforms[] = { "i386-pc", "x86_64-efi" };
	int r = 0;

	for (unsigned i = 0; r == 0 && i < 2; i++) {
		_cleanup_free_ char *folder = NULL;

		if (!(pl->targets & (i ? TARGET_EFI : TARGET_BIOS)))
			continue;
		if (asprintf(&folder, "%s/%s", pl->folder, platforms[i]) < 0)
			return broken(pl, -ENOMEM, "verify");
		r = verify_listing(pl, folder);
	}
	return r;
}

/* Where the image has changed; with a kernel's help, where that had it mounted. */
static bool has_changed(struct plan *pl, const struct part *p,
	struct overlay_page *const *pages, size_t n)
{
	if (!p->fs || strncmp(p->fs, "ext", 3) != 0 || p->extended)
		return false;
	if (pl->mounted && !pl->vm)
		return p == pl->boot_part || (p == pl->root && pl->debconf.data);
	for (size_t i = 0; i < n; i++)
		if (pages[i]->at + OVERLAY_PAGE > p->start &&
			pages[i]->at < p->start + p->size)
			return true;
	return false;
}

static int fsck_start(struct plan *pl, const struct part *p, struct child *c)
{
	const struct confine files = { { pl->img.fd }, 1, false };
	_cleanup_free_ char *program = find_program("e2fsck"), *arg = NULL;
	char path[32];

	if (!program)
		return refuse(pl, ST_FAILED,
			"e2fsck is not installed, and without it what "
			"is written can't be checked");
	confine_path(pl->img.fd, path);
	if (asprintf(&arg, "%s?offset=%llu", path, (unsigned long long)p->start) < 0)
		return broken(pl, -ENOMEM, "e2fsck");
	const char *const argv[] = { program, "-fn", arg, NULL };
	int r = child_start_confined(c, argv, true, &files);

	return r < 0 ? broken(pl, r, "e2fsck") : 0;
}

/* The first line that tells of something; the passes' names do not. */
static char *first_finding(char *text)
{
	char *save = NULL;

	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		if (*l && strncmp(l, "Pass ", 5) != 0 && strncmp(l, "e2fsck ", 7) != 0)
			return strdup(l);
	return strdup("it does not say what");
}

/* 0; 1: *finding is what it has found; or a negative errno. */
static int fsck_finish(struct child *c, char **finding)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r = child_wait(c, REPORT_MAX, &text, &len);

	if (r <= 0)
		return r;
	*finding = first_finding(text);
	return *finding ? 1 : -ENOMEM;
}

/* As e2fsck finds the filesystems that were written to. What it says is for later. */
static int verify_sound(struct plan *pl)
{
	_cleanup_free_ struct overlay_page **pages = NULL;
	size_t n = 0;
	int r = 0;

	/* those that this run has made, whether or not they differ from the file by now
	 */
	if ((r = overlay_written(&pl->img.ov, &pages, &n)) < 0)
		return broken(pl, r, "verify");
	for (unsigned i = 0; r == 0 && i < pl->img.n; i++) {
		const struct part *p = &pl->img.parts[i];
		struct child c;

		if (!has_changed(pl, p, pages, n) || (r = fsck_start(pl, p, &c)))
			continue;
		if ((r = fsck_finish(&c, &pl->damage)) < 0)
			return broken(pl, r, "e2fsck");
		if (r) {
			pl->damaged = p;
			return ST_VERIFY;
		}
	}
	return r;
}

int verify_blame(struct plan *pl)
{
	_cleanup_free_ char *before = NULL;
	struct child c;
	int r = fsck_start(pl, pl->damaged, &c);

	if (r)
		return r;
	if ((r = fsck_finish(&c, &before)) < 0)
		return broken(pl, r, "e2fsck");
	if (r > 0)
		return refuse(pl, ST_DIRTY,
			"%s: is damaged (e2fsck: %s): --fsck repairs what can be "
			"without a question, e2fsck -f the rest",
			where(pl, pl->damaged).s, before);
	return refuse(pl, ST_VERIFY,
		"%s: e2fsck finds fault with what was written (%s): a bug of "
		"grubify or libext2fs, please report it",
		where(pl, pl->damaged).s, pl->damage);
}

int verify_all(struct plan *pl)
{
	int r = pl->targets & TARGET_BIOS ? verify_boot(pl) : 0;

	/* the guest has looked at the files, and we may have no way to */
	if (r == 0 && !pl->vm)
		r = verify_files(pl);
	if (r == 0 && pl->n_written > 0)
		r = verify_written(pl, pl->boot_part);
	if (r == 0 && pl->n_written > 0 && pl->root != pl->boot_part)
		r = verify_written(pl, pl->root);
	if (r == 0 && pl->n_written > 0 && pl->copied)
		r = verify_listings(pl);
	/* in the guest nobody is there to ask */
	return r || pl->to_host ? r : verify_sound(pl);
}
