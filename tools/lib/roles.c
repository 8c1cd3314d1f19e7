// SPDX-License-Identifier: MIT
#include "roles.h"
#include "btrfs.h"
#include "cleanup.h"
#include "fsread.h"
#include "fswhy.h"

#include <ctype.h>
#include <string.h>

enum { FSTAB_MAX = 1 << 20, ROOT_ENOUGH = 3 };

static bool names_part(const char *spec, const struct part *p);

static const char *const root_types[] = {
	"4f68bce3-e8cd-4db1-96e7-fbcaf984b709", /* x86-64 */
	"44479540-f297-41b2-9af7-d131d5f0458a", /* x86 */
};

/* What a system's fstab says about one folder; NULL where it is not in it. */
struct mount {
	char *device, *options;
};

/* What speaks for a system in one place: a partition, or a subvolume of it. */
struct score {
	int points;
	bool kernel;	/* in its own /boot */
	bool closed;	/* a filesystem that GRUB, or libext2fs, can't read */
	bool boot_like; /* kernels at its top, as in a /boot of its own */
	struct mount root, boot, efi;
	char why[96];
};

static void because(struct part *p, const char *role, const char *why)
{
	p->role = role;
	snprintf(p->why, sizeof(p->why), "%s", why);
}

static void add(struct score *s, int points, const char *why)
{
	size_t n = strlen(s->why);

	s->points += points;
	snprintf(s->why + n, sizeof(s->why) - n, "%s%s", n ? ", " : "", why);
}

static void drop_mount(struct mount *m)
{
	free(m->device);
	free(m->options);
	*m = (struct mount){ 0 };
}

static void drop_score(struct score *s)
{
	drop_mount(&s->root);
	drop_mount(&s->boot);
	drop_mount(&s->efi);
	*s = (struct score){ 0 };
}

/* What is clear before any content is read. */
static bool role_by_signature(struct part *p)
{
	if (p->extended)
		because(p, "extended", "type");
	else if (p->fs && strcmp(p->fs, "swap") == 0)
		because(p, "swap", "signature");
	else if (p->fs && strcmp(p->fs, "LVM2_member") == 0)
		because(p, "lvm", "signature");
	else if (p->fs && strcmp(p->fs, "linux_raid_member") == 0)
		because(p, "raid", "signature");
	else if (p->fs && strcmp(p->fs, "crypto_LUKS") == 0)
		because(p, "luks", "signature");
	else
		return !p->fs || p->past_end;
	return true;
}

static bool has_kernel(char *const *names)
{
	for (; *names; names++)
		if (strncmp(*names, "vmlinuz", 7) == 0 ||
			strncmp(*names, "bzImage", 7) == 0)
			return true;
	return false;
}

static int list(struct fs *fs, const char *prefix, const char *dir, char ***names)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s%s", prefix, dir) < 0)
		return -ENOMEM;
	return fs_list(fs, path, names);
}

static void mount_of(const char *fstab, const char *at, struct mount *m)
{
	if (!m->device)
		m->device = fstab_entry(fstab, at, &m->options);
}

static void read_fstab(struct fs *fs, const char *prefix, struct score *s)
{
	_cleanup_free_ char *path = NULL, *text = NULL;
	size_t len;

	if (asprintf(&path, "%s/etc/fstab", prefix) < 0 ||
		fs_read(fs, path, FSTAB_MAX, &text, &len) < 0)
		return;
	mount_of(text, "/", &s->root);
	mount_of(text, "/boot", &s->boot);
	mount_of(text, "/boot/efi", &s->efi);
	mount_of(text, "/efi", &s->efi);
}

/* Looks for a system under prefix; top is what lies there. */
static void score_tree(struct fs *fs, const char *prefix, char **top, struct score *s)
{
	char **names;

	if (fs_has(top, "etc/") && list(fs, prefix, "/etc", &names) == 0) {
		if (fs_has(names, "os-release"))
			add(s, 4, "os-release");
		if (fs_has(names, "fstab")) {
			add(s, 2, "fstab");
			read_fstab(fs, prefix, s);
		}
		fs_free_names(names);
	}
	if (fs_has(top, "init") || fs_has(top, "sbin/") || fs_has(top, "sbin"))
		if (fs_has(top, "usr/") || fs_has(top, "bin/") || fs_has(top, "init"))
			add(s, 2, "init");
	if (fs_has(top, "boot/") && list(fs, prefix, "/boot", &names) == 0) {
		if (has_kernel(names)) {
			s->kernel = true;
			add(s, 1, "kernel");
		}
		if (fs_has(names, "grub/"))
			add(s, 1, "/boot/grub");
		fs_free_names(names);
	}
	if (has_kernel(top) && !fs_has(top, "etc/"))
		s->boot_like = true;
}

static bool score_at(struct fs *fs, const char *prefix, struct score *s)
{
	char **top;

	if (list(fs, prefix, *prefix ? "" : "/", &top) < 0)
		return false;
	score_tree(fs, prefix, top, s);
	fs_free_names(top);
	return true;
}

/* --- btrfs: which of its subvolumes is the system --- */

enum { TREES_MAX = 64 };

/* The value of an option as "subvol="; the last one counts. */
static char *option(const char *options, const char *name)
{
	size_t n = strlen(name);
	char *found = NULL;

	for (const char *p = options; p && *p; p += strcspn(p, ","), p += *p == ',')
		if (strncmp(p, name, n) == 0) {
			free(found);
			found = strndup(p + n, strcspn(p + n, ","));
		}
	return found;
}

/* The subvolume that these options mount, as a path from the top; NULL: none is named.
 */
static char *subvol_of(const char *options)
{
	_cleanup_free_ char *name = option(options, "subvol=");
	const char *s = name;
	size_t len;
	char *path;

	if (!s)
		return NULL;
	s += strspn(s, "/");
	len = strlen(s);
	while (len > 0 && s[len - 1] == '/')
		len--;
	return asprintf(&path, "%s%.*s", len ? "/" : "", (int)len, s) < 0 ? NULL : path;
}

/* Whether the system there mounts just that as its root. */
static bool mounts_itself(const struct part *p, const struct score *s,
	const struct subvolume *v, bool is_default)
{
	_cleanup_free_ char *path = subvol_of(s->root.options);
	_cleanup_free_ char *id = option(s->root.options, "subvolid=");

	if (!s->root.device || !names_part(s->root.device, p))
		return false;
	if (path)
		return strcmp(path, v->path ? v->path : "") == 0;
	return id ? strtoull(id, NULL, 10) == v->id : is_default;
}

/* How the makers of systems call theirs. */
static bool is_usual_name(const char *path)
{
	static const char *const usual[] = { "/@", "/@rootfs", "/root", "/rootfs",
		"/@root", "/@/.snapshots/1/snapshot" };

	for (size_t i = 0; path && i < sizeof(usual) / sizeof(*usual); i++)
		if (strcmp(path, usual[i]) == 0)
			return true;
	return false;
}

/* The better of two: what a mount takes, what says so itself, the usual name. */
static int rank(const struct part *p, const struct score *s, const struct subvolume *v,
	bool is_default)
{
	const bool itself = mounts_itself(p, s, v, is_default);

	if (s->points < ROOT_ENOUGH)
		return -1;
	if (is_default && v->id != BTRFS_TOP)
		return 100 + s->points;
	return (itself				? 75
		       : is_default		? 50
		       : is_usual_name(v->path) ? 25
						: 0) +
	       s->points;
}

/* Those in the top folder, for what our own reader can't read. */
static int from_listing(struct fs *fs, struct subvolumes *v)
{
	char **names;
	int r = fs_list(fs, "/", &names);

	*v = (struct subvolumes){ .mounted = BTRFS_TOP };
	if (r < 0)
		return r;
	v->list = calloc(TREES_MAX, sizeof(*v->list));
	for (char **n = names; v->list && *n && v->n < TREES_MAX; n++) {
		size_t len = strlen(*n);

		if (len > 1 && (*n)[len - 1] == '/' &&
			asprintf(&v->list[v->n].path, "/%.*s", (int)len - 1, *n) > 0)
			v->n++;
	}
	fs_free_names(names);
	return v->list ? 0 : -ENOMEM;
}

/* Takes what is there for what is best so far, if it is. */
static void compare(struct part *p, struct score *best, int *most, struct score *s,
	const struct subvolume *v, bool is_default)
{
	const int n = rank(p, s, v, is_default);
	char *path = n > *most && v->path ? strdup(v->path) : NULL;

	if (n == *most && n >= 0 && v->path && !p->subvol_other)
		p->subvol_other = strdup(v->path);
	if (n > *most && (path || !v->path)) {
		*most = n;
		free(p->subvol);
		free(steal_ptr(&p->subvol_other));
		p->subvol = path;
		p->subvol_default = is_default;
		drop_score(best);
		*best = *s;
		*s = (struct score){ 0 };
	}
	drop_score(s);
}

static void score_btrfs(struct fs *fs, struct part *p, struct score *best)
{
	const struct subvolume top = { .id = BTRFS_TOP };
	struct subvolumes v;
	struct score s = { 0 };
	int most = -1;

	if (btrfs_subvolumes(fs->img, p, &v) < 0 && from_listing(fs, &v) < 0)
		return;
	if (!score_at(fs, "", &s)) {
		btrfs_free(&v);
		return;
	}
	best->boot_like = s.boot_like;
	compare(p, best, &most, &s, &top, v.mounted == BTRFS_TOP);
	for (size_t i = 0; i < v.n && i < TREES_MAX; i++) {
		const bool is_default = v.list[i].id && v.list[i].id == v.mounted;

		if (v.list[i].path && score_at(fs, v.list[i].path, &s))
			compare(p, best, &most, &s, &v.list[i], is_default);
	}
	btrfs_free(&v);
	if (p->subvol) {
		_cleanup_free_ char *why = NULL;

		if (asprintf(&why, "subvolume %s", p->subvol + 1) > 0)
			add(best, 0, why);
	}
}

/* --- */

static void score(
	struct image *img, struct part *p, const char *fstest, struct score *s)
{
	struct fs fs;

	s->closed = fs_open(&fs, img, p, fstest) < 0;
	if (!s->closed && strcmp(p->fs, "btrfs") == 0)
		score_btrfs(&fs, p, s);
	else if (!s->closed)
		s->closed = !score_at(&fs, "", s);
	fs_close(&fs);
	/* what has no names may be empty */
	if (!s->closed && s->points == 0 && !s->boot_like)
		s->closed = fs_readable(img, p, fstest) == 0;
	for (size_t i = 0; i < sizeof(root_types) / sizeof(*root_types); i++)
		if (strcmp(p->type, root_types[i]) == 0)
			add(s, 3, "root type");
	/* of two alike, the copy is the one whose fstab names the other */
	if (s->root.device && names_part(s->root.device, p))
		s->points++;
}

/*
 * Of several signatures GRUB may go by another than we do, and then so does the
 * system's own update-grub: nothing is there until that is cleared up.
 */
static void clear_up(struct image *img, struct part *p, const char *fstest)
{
	if (!p->fs || !p->signatures || fs_readable(img, p, fstest) != 0)
		return;
	free(steal_ptr(&p->fs));
	free(steal_ptr(&p->uuid));
	free(steal_ptr(&p->label));
}

static struct part *find_root(struct image *img, const struct score *scores)
{
	struct part *root = NULL;
	int best = ROOT_ENOUGH - 1;
	bool tie = false;

	for (unsigned i = 0; i < img->n; i++) {
		tie = scores[i].points == best ? tie || root : tie;
		if (scores[i].points > best) {
			best = scores[i].points;
			root = &img->parts[i];
			tie = false;
		}
	}
	for (unsigned i = 0; tie && i < img->n; i++)
		if (scores[i].points == best)
			because(&img->parts[i], "root?", scores[i].why);
	if (tie || !root)
		return NULL;
	because(root, "root", scores[root - img->parts].why);
	return root;
}

static void is_boot(struct part *p, const char *why)
{
	p->is_boot = true;
	/* an ESP may be both, and is found as that by its role */
	if (!part_is_esp(p))
		because(p, "boot", why);
}

/* Where the kernels are, as the root has it: of its own, or of a subvolume for them. */
static void boot_folder(struct part *root, struct part *boot, const struct score *s)
{
	char *path = s->boot.device ? subvol_of(s->boot.options) : NULL;

	if (boot == root && path)
		root->boot = path;
	else if (boot && boot != root)
		boot->boot = path;
	else
		free(path);
}

/*
 * What the root's fstab mounts there; else, if the root has no kernel itself, what has
 * one at its top. systemd mounts a partition of the type for that on an empty /boot
 * only.
 */
static void choose_boot(
	struct image *img, const struct score *scores, struct part *root)
{
	const struct score *s = root ? &scores[root - img->parts] : NULL;
	struct part *p =
		s && s->boot.device ? roles_resolve(img, s->boot.device) : NULL;
	const bool own = s && s->kernel;

	if (p && p != root && !p->role && !p->past_end)
		is_boot(p, "the root's fstab");
	if (p)
		boot_folder(root, p, s);
	for (unsigned i = 0; i < img->n && !own && !roles_get(img, "boot"); i++)
		if (part_is_xbootldr(&img->parts[i]) && !img->parts[i].role &&
			(scores[i].boot_like || !root))
			is_boot(&img->parts[i], "type XBOOTLDR");
	for (unsigned i = 0; i < img->n && !roles_get(img, "boot"); i++)
		if (scores[i].boot_like && !img->parts[i].role &&
			(!own || !part_is_esp(&img->parts[i])))
			is_boot(&img->parts[i], "a kernel at its top");
}

/*
 * An ESP is of its type and has a FAT filesystem, or the root's fstab mounts one as
 * that. One without counts where there is no better.
 */
static void choose_esp(struct image *img, const struct score *s)
{
	struct part *mounted =
		s && s->efi.device ? roles_resolve(img, s->efi.device) : NULL;
	bool fat = false;

	if (mounted && mounted->fs && strcmp(mounted->fs, "vfat") == 0 &&
		!mounted->role) {
		because(mounted, "esp", "the root's fstab");
		mounted->is_esp = true;
	}
	for (unsigned i = 0; img->parts && i < img->n; i++) {
		const struct part *p = &img->parts[i];

		fat |= part_is_esp(p) && p->fs && strcmp(p->fs, "vfat") == 0;
	}
	for (unsigned i = 0; i < img->n; i++) {
		struct part *p = &img->parts[i];
		const bool right = p->fs && strcmp(p->fs, "vfat") == 0;

		if (part_is_esp(p) && !p->role && (right || !fat))
			because(p, "esp",
				!right	     ? "type, but no FAT filesystem"
				: p->is_boot ? "type, and the root's /boot"
					     : "type");
	}
}

static void choose_biosboot(struct image *img)
{
	for (unsigned i = 0; i < img->n; i++)
		if (part_is_biosboot(&img->parts[i]) && !img->parts[i].role)
			because(&img->parts[i], "biosboot", "type");
}

int roles_find(struct image *img, const char *fstest)
{
	_cleanup_free_ struct score *scores = calloc(img->n + 1, sizeof(*scores));
	struct part *root;

	if (!scores)
		return -ENOMEM;
	for (unsigned i = 0; i < img->n; i++) {
		struct part *p = &img->parts[i];

		p->role = NULL;
		p->why[0] = '\0';
		p->is_boot = p->is_esp = false;
		free(steal_ptr(&p->subvol));
		free(steal_ptr(&p->subvol_other));
		free(steal_ptr(&p->boot));
		clear_up(img, p, fstest);
		if (!role_by_signature(p))
			score(img, p, fstest, &scores[i]);
	}
	root = find_root(img, scores);
	choose_boot(img, scores, root);
	choose_esp(img, root ? &scores[root - img->parts] : NULL);
	choose_biosboot(img);
	for (unsigned i = 0; i < img->n; i++) {
		if (!img->parts[i].role && scores[i].closed)
			snprintf(img->parts[i].why, sizeof(img->parts[i].why), "%s",
				"GRUB can't read it");
		drop_score(&scores[i]);
	}
	return 0;
}

struct part *roles_get(struct image *img, const char *role)
{
	const bool boot = strcmp(role, "boot") == 0;
	struct part *found = NULL;

	for (unsigned i = 0; i < img->n; i++) {
		struct part *p = &img->parts[i];

		if (boot ? !p->is_boot : !p->role || strcmp(p->role, role) != 0)
			continue;
		if (found)
			return NULL;
		found = p;
	}
	return found;
}

struct part *roles_esp(struct image *img)
{
	struct part *found = NULL;
	int best = -1;

	for (unsigned i = 0; i < img->n; i++) {
		struct part *p = &img->parts[i];
		const bool fat = p->fs && strcmp(p->fs, "vfat") == 0;
		const bool other = p->role && strcmp(p->role, "esp") != 0;
		const int n = p->is_esp ? 2 : part_is_esp(p) && !other ? fat : -1;

		if (n > best) {
			best = n;
			found = p;
		}
	}
	return found;
}

struct part *roles_biosboot(struct image *img)
{
	struct part *found = NULL;

	for (unsigned i = 0; i < img->n; i++) {
		struct part *p = &img->parts[i];
		const bool other = p->role && strcmp(p->role, "biosboot") != 0;

		if (part_is_biosboot(p) && !other && (!found || (found->fs && !p->fs)))
			found = p;
	}
	return found;
}

/* A field as "/boot", where a slash behind it says the same. */
static bool is_mountpoint(const char *field, size_t len, const char *want)
{
	while (len > 1 && field[len - 1] == '/')
		len--;
	return len == strlen(want) && strncmp(field, want, len) == 0;
}

char *fstab_entry(const char *text, const char *mountpoint, char **options)
{
	char *device = NULL;

	*options = NULL;
	for (; *text && !device; text += strcspn(text, "\n"), text += *text == '\n') {
		const char *field[4];
		size_t len[4];

		for (int i = 0; i < 4; i++) {
			text += strspn(text, " \t");
			field[i] = text;
			len[i] = strcspn(text, " \t\n");
			text += len[i];
		}
		if (*field[0] == '#' || !is_mountpoint(field[1], len[1], mountpoint))
			continue;
		device = strndup(field[0], len[0]);
		if (device && len[3])
			*options = strndup(field[3], len[3]);
	}
	return device;
}

char *fstab_device(const char *text, const char *mountpoint)
{
	_cleanup_free_ char *options = NULL;

	return fstab_entry(text, mountpoint, &options);
}

/* /dev/sda2, /dev/vda2, /dev/nvme0n1p2, /dev/mmcblk0p2: the number at the end. */
static unsigned device_number(const char *dev)
{
	size_t n = strlen(dev), digits = n;

	if (strncmp(dev, "/dev/", 5) != 0 || strchr(dev + 5, '/'))
		return 0;
	while (digits > 0 && isdigit((unsigned char)dev[digits - 1]))
		digits--;
	return n - digits > 4 ? 0 : (unsigned)strtoul(dev + digits, NULL, 10);
}

/* Is that the partition's, by an identity that begins with one of these words? */
static bool names_part(const char *spec, const struct part *p)
{
	const struct {
		const char *word, *value;
	} known[] = { { "UUID=", p->uuid }, { "LABEL=", p->label },
		{ "PARTUUID=", p->partuuid }, { "PARTLABEL=", p->name },
		{ "/dev/disk/by-uuid/", p->uuid } };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		size_t n = strlen(known[i].word);

		if (strncmp(spec, known[i].word, n) == 0)
			return known[i].value &&
			       strcasecmp(known[i].value, spec + n) == 0;
	}
	return p->number > 0 && device_number(spec) == p->number;
}

struct part *roles_resolve(struct image *img, const char *spec)
{
	for (unsigned i = 0; i < img->n; i++)
		if (names_part(spec, &img->parts[i]))
			return &img->parts[i];
	return NULL;
}
