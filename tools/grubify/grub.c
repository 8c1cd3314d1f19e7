// SPDX-License-Identifier: MIT
#include "grubify.h"
#include "bytes.h"
#include "cleanup.h"

#include <string.h>
#include <sys/stat.h>

enum {
	CORE_MAX = 64 << 20,
	MODINFO_MAX = 1 << 20,
	TAR_BLOCK = 512,
	ARGS_MAX = 96,
	VERSION_MAX = 4096
};

/*
 * What a core holds that can't load more later: the filesystems, and all that
 * grub.cfg files of distributions call. What a build lacks is left out.
 */
static const char *const everything[] = { "normal", "configfile", "linux", "linux16",
	"boot", "chain", "echo", "test", "true", "ls", "cat", "help", "sleep", "reboot",
	"halt", "minicmd", "loadenv", "search", "search_fs_uuid", "search_fs_file",
	"search_label", "gzio", "xzio", "lzopio", "zstd", "part_msdos", "part_gpt",
	"fat", "regexp", "probe", "serial", "terminal", "all_video", "gfxterm", "font",
	"videoinfo", "keystatus", "extcmd", "password_pbkdf2", NULL };

/* GRUB's module for a filesystem, by libblkid's name of it. */
static const char *fs_module(const char *fs)
{
	static const char *const map[][2] = { { "ext2", "ext2" }, { "ext3", "ext2" },
		{ "ext4", "ext2" }, { "xfs", "xfs" }, { "btrfs", "btrfs" },
		{ "vfat", "fat" }, { "f2fs", "f2fs" }, { "jfs", "jfs" },
		{ "reiserfs", "reiserfs" }, { "nilfs2", "nilfs2" },
		{ "squashfs", "squash4" } };

	for (size_t i = 0; fs && i < sizeof(map) / sizeof(*map); i++)
		if (strcmp(map[i][0], fs) == 0)
			return map[i][1];
	return NULL;
}

static char *join(const char *dir, const char *name)
{
	char *s;

	return asprintf(&s, "%s/%s", dir, name) < 0 ? NULL : s;
}

char *grub_program(const char *dir, const char *name)
{
	static const char *const places[] = { "bin", "sbin" };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		_cleanup_free_ char *in_tree = NULL;

		if (asprintf(&in_tree, "%s/../../%s/%s", dir, places[i], name) < 0)
			return NULL;
		if (access(in_tree, X_OK) == 0)
			return steal_ptr(&in_tree);
	}
	return strdup(name);
}

/* The last word of "grub-mkimage (GRUB) 2.06-13+deb12u2". */
static int tool_version(struct plan *pl)
{
	_cleanup_free_ char *text = NULL;
	const char *word;
	size_t len;

	if (pl->version.pid == 0)
		return 0; /* asked before */
	if (child_wait(&pl->version, VERSION_MAX, &text, &len) != 0)
		return refuse(pl, ST_NO_GRUB, "%s does not run", pl->grub.mkimage);
	text[strcspn(text, "\n")] = '\0';
	word = strrchr(text, ' ');
	snprintf(pl->grub.version, sizeof(pl->grub.version), "%s",
		word ? word + 1 : text);
	return 0;
}

static int read_modinfo(struct plan *pl, const char *platform, struct blob *b)
{
	_cleanup_free_ char *path = NULL;
	int r;

	if (asprintf(&path, "%s/%s/modinfo.sh", pl->grub.dir, platform) < 0)
		return broken(pl, -ENOMEM, platform);
	r = blob_read(b, path, MODINFO_MAX);
	return r < 0 ? refuse(pl, ST_NO_GRUB, "%s: GRUB's files are missing: %s", path,
			       strerror(-r))
		     : 0;
}

static int has_modinfo(struct plan *pl, const char *platform)
{
	struct blob b = { 0 };
	int r = read_modinfo(pl, platform, &b);

	free(b.data);
	return r;
}

/* Tools of one build make cores that load no module of another. */
static int same_build(struct plan *pl, const char *platform)
{
	_cleanup_free_ char *want = NULL;
	struct blob b = { 0 };
	bool same;
	int r;

	if ((r = tool_version(pl)) || (r = read_modinfo(pl, platform, &b)))
		return r;
	if (asprintf(&want, "grub_package_version=\"%s\"", pl->grub.version) < 0)
		want = NULL;
	same = want && b.data && strstr(b.data, want);
	free(b.data);
	return same ? 0
		    : refuse(pl, ST_BUILDS,
			      "%s/%s is of another build than %s (%s): a core loads "
			      "modules of its own build only",
			      pl->grub.dir, platform, pl->grub.mkimage,
			      pl->grub.version);
}

int grub_find(struct plan *pl, const char *dir)
{
	struct grub *g = &pl->grub;
	int r;

	g->dir = strdup(dir ? dir : "/usr/lib/grub");
	g->mkimage = g->dir ? grub_program(g->dir, "grub-mkimage") : NULL;
	g->fstest = g->dir ? grub_program(g->dir, "grub-fstest") : NULL;
	if (!g->fstest || !g->mkimage)
		return broken(pl, -ENOMEM, "GRUB");
	const char *const argv[] = { g->mkimage, "--version", NULL };

	r = child_start(&pl->version, argv, false);
	return r < 0 ? refuse(pl, ST_NO_GRUB, "%s: %s", g->mkimage, strerror(-r)) : 0;
}

static void baking_free(struct baking *b)
{
	child_drop(&b->child);
	for (int i = 0; i < 2; i++)
		if (b->extra[i] > 0)
			close(b->extra[i]);
	if (b->out > 0)
		close(b->out);
	*b = (struct baking){ 0 };
}

void grub_free(struct plan *pl)
{
	child_drop(&pl->version);
	baking_free(&pl->bios);
	baking_free(&pl->efi);
	free(pl->grub.dir);
	free(pl->grub.mkimage);
	free(pl->grub.fstest);
}

/* Without a disk: "(,gpt2)" is on the disk that the core was loaded from. */
static char *prefix_of(const struct plan *pl)
{
	char *s;
	int n = asprintf(&s, "(,%s%u)%s", pl->img.gpt ? "gpt" : "msdos",
		pl->boot_part->number, pl->folder);

	return n < 0 ? NULL : s;
}

/* A tar archive of one file, grub.cfg: the format's own header, nothing more. */
static int tar_of(const struct blob *config, struct blob *tar)
{
	size_t blocks = (config->len + TAR_BLOCK - 1) / TAR_BLOCK;
	unsigned sum = 0;
	char *h;

	tar->len = TAR_BLOCK * (blocks + 3);
	if (!(h = tar->data = calloc(1, tar->len)))
		return -ENOMEM;
	/* name, mode, owner, group, size, time, blanks for the sum, type, magic */
	snprintf(h, 100, "grub.cfg");
	snprintf(h + 100, 8, "%07o", 0644U);
	snprintf(h + 108, 8, "%07o", 0U);
	snprintf(h + 116, 8, "%07o", 0U);
	snprintf(h + 124, 12, "%011zo", config->len);
	snprintf(h + 136, 12, "%011o", 0U);
	memset(h + 148, ' ', 8);
	h[156] = '0';
	snprintf(h + 257, 6, "ustar");
	h[263] = h[264] = '0';
	for (int i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	memcpy(h + TAR_BLOCK, config->data, config->len);
	return 0;
}

struct args {
	const char *v[ARGS_MAX];
	int n;
};

static void arg(struct args *a, const char *s)
{
	if (a->n < ARGS_MAX - 1)
		a->v[a->n++] = s;
}

static void module(struct args *a, const char *folder, const char *name)
{
	_cleanup_free_ char *path = NULL;

	if (name && asprintf(&path, "%s/%s.mod", folder, name) > 0 &&
		access(path, R_OK) == 0)
		arg(a, name);
}

static void modules(
	struct args *a, const struct plan *pl, const char *folder, bool bios)
{
	/* in the order of grub-install, whose bytes these then are */
	module(a, folder, fs_module(pl->boot_part->fs));
	module(a, folder, pl->img.gpt ? "part_gpt" : "part_msdos");
	if (bios)
		module(a, folder, "biosdisk");
	for (int i = 0; !pl->copied && everything[i]; i++)
		module(a, folder, everything[i]);
}

/* The menu of a root that can't be written, and the line that calls it. */
static int put_inside(
	const struct plan *pl, struct baking *b, char tar_path[40], char early_path[40])
{
	static const char early[] = "normal (memdisk)/grub.cfg\n";
	struct blob tar = { 0 };
	int r = tar_of(&pl->config, &tar);

	if (r == 0)
		r = b->extra[0] = blob_fd(tar.data, tar.len, tar_path);
	if (r >= 0)
		r = b->extra[1] = blob_fd(early, sizeof(early) - 1, early_path);
	free(tar.data);
	return r < 0 ? r : 0;
}

static int bake(struct plan *pl, struct baking *b, const char *platform)
{
	_cleanup_free_ char *folder = join(pl->grub.dir, platform);
	_cleanup_free_ char *prefix = prefix_of(pl);
	bool inside = pl->config.data && !pl->copied;
	char path[40], tar[40], early[40];
	struct args a = { 0 };
	int r;

	if (!folder || !prefix)
		return -ENOMEM;
	if ((b->out = blob_fd("", 0, path)) < 0)
		return b->out;
	arg(&a, pl->grub.mkimage);
	arg(&a, "-d");
	arg(&a, folder);
	arg(&a, "-O");
	arg(&a, platform);
	arg(&a, "-o");
	arg(&a, path);
	if (inside) {
		if ((r = put_inside(pl, b, tar, early)) < 0)
			return r;
		arg(&a, "-m");
		arg(&a, tar);
		arg(&a, "-c");
		arg(&a, early);
	}
	arg(&a, "-p"); /* after -m, which would set one of its own */
	arg(&a, prefix);
	modules(&a, pl, folder, b == &pl->bios);
	if (inside) {
		module(&a, folder, "memdisk");
		module(&a, folder, "tar");
	}
	return child_start(&b->child, a.v, false);
}

/* Not before the build is known: what is missing there is the better message. */
static int start(struct plan *pl, struct baking *b, const char *platform)
{
	int r = bake(pl, b, platform);

	return r < 0 ? broken(pl, r, pl->grub.mkimage) : 0;
}

int grub_start(struct plan *pl)
{
	_cleanup_free_ char *boot = join(pl->grub.dir, "i386-pc/boot.img");
	int r = 0;

	if (pl->targets & TARGET_BIOS) {
		if ((r = has_modinfo(pl, "i386-pc")) ||
			(r = start(pl, &pl->bios, "i386-pc")))
			return r;
		r = boot ? blob_read(&pl->boot_sector, boot, 512) : -ENOMEM;
		if (r < 0 || pl->boot_sector.len != 512)
			return refuse(pl, ST_NO_GRUB, "%s: not GRUB's boot sector",
				boot ? boot : "boot.img");
	}
	if ((pl->targets & TARGET_EFI) && (r = has_modinfo(pl, "x86_64-efi")) == 0)
		r = start(pl, &pl->efi, "x86_64-efi");
	return r;
}

static int collect(
	struct plan *pl, struct baking *b, const char *platform, struct blob *core)
{
	off_t len;
	int r = same_build(pl, platform), status;

	if (r)
		return r;
	if ((status = child_wait(&b->child, 0, NULL, NULL)) != 0)
		return refuse(pl, ST_NO_GRUB, "%s failed (status %d)", pl->grub.mkimage,
			status);
	len = lseek(b->out, 0, SEEK_END);
	if (len <= 0 || len > CORE_MAX)
		return refuse(
			pl, ST_NO_GRUB, "%s wrote no core image", pl->grub.mkimage);
	if (!(core->data = malloc((size_t)len)))
		return broken(pl, -ENOMEM, pl->grub.mkimage);
	core->len = (size_t)len;
	r = read_at(b->out, 0, core->data, core->len);
	return r < 0 ? broken(pl, r, pl->grub.mkimage) : 0;
}

int grub_finish(struct plan *pl)
{
	int r = 0;

	if (pl->targets & TARGET_BIOS)
		r = collect(pl, &pl->bios, "i386-pc", &pl->core_bios);
	if (r == 0 && (pl->targets & TARGET_EFI))
		r = collect(pl, &pl->efi, "x86_64-efi", &pl->core_efi);
	return r;
}
