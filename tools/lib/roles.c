#include "roles.h"
#include "cleanup.h"
#include "fsread.h"
#include "fswhy.h"

#include <ctype.h>
#include <string.h>

enum { FSTAB_MAX = 1 << 20, ROOT_ENOUGH = 3 };

static const char *const root_types[] = {
	"4f68bce3-e8cd-4db1-96e7-fbcaf984b709", /* x86-64 */
	"44479540-f297-41b2-9af7-d131d5f0458a", /* x86 */
};

struct score {
	int points;
	bool closed;	/* a filesystem that GRUB, or libext2fs, can't read */
	bool boot_like; /* kernels at its top, as in a /boot of its own */
	char *boot;	/* what its fstab mounts at /boot */
};

static void because(struct part *p, const char *role, const char *why)
{
	p->role = role;
	snprintf(p->why, sizeof(p->why), "%s", why);
}

static void add(struct part *p, struct score *s, int points, const char *why)
{
	size_t n = strlen(p->why);

	s->points += points;
	snprintf(p->why + n, sizeof(p->why) - n, "%s%s", n ? ", " : "", why);
}

/* What the type or the filesystem says by itself. */
static bool role_by_type(struct part *p)
{
	if (p->extended)
		because(p, "extended", "type");
	else if (part_is_esp(p))
		because(p, "esp", "type");
	else if (part_is_biosboot(p))
		because(p, "biosboot", "type");
	else if (part_is_xbootldr(p))
		because(p, "boot", "type XBOOTLDR");
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

static char *boot_of_fstab(struct fs *fs, const char *prefix)
{
	_cleanup_free_ char *path = NULL, *text = NULL;
	size_t len;

	if (asprintf(&path, "%s/etc/fstab", prefix) < 0 ||
		fs_read(fs, path, FSTAB_MAX, &text, &len) < 0)
		return NULL;
	return fstab_device(text, "/boot");
}

/* Looks for a system under prefix; top is what lies there. */
static void score_tree(
	struct fs *fs, struct part *p, const char *prefix, char **top, struct score *s)
{
	char **names;

	if (fs_has(top, "etc/") && list(fs, prefix, "/etc", &names) == 0) {
		if (fs_has(names, "os-release"))
			add(p, s, 4, "os-release");
		if (fs_has(names, "fstab")) {
			add(p, s, 2, "fstab");
			if (!s->boot)
				s->boot = boot_of_fstab(fs, prefix);
		}
		fs_free_names(names);
	}
	if (fs_has(top, "init") || fs_has(top, "sbin/") || fs_has(top, "sbin"))
		if (fs_has(top, "usr/") || fs_has(top, "bin/") || fs_has(top, "init"))
			add(p, s, 2, "init");
	if (fs_has(top, "boot/") && list(fs, prefix, "/boot", &names) == 0) {
		if (has_kernel(names))
			add(p, s, 1, "kernel");
		if (fs_has(names, "grub/"))
			add(p, s, 1, "/boot/grub");
		fs_free_names(names);
	}
}

static void score(
	struct image *img, struct part *p, const char *fstest, struct score *s)
{
	char **top, **sub;
	struct fs fs;

	for (size_t i = 0; i < sizeof(root_types) / sizeof(*root_types); i++)
		if (strcmp(p->type, root_types[i]) == 0)
			add(p, s, 3, "root type");
	if (fs_open(&fs, img, p, fstest) < 0 || fs_list(&fs, "/", &top) < 0) {
		fs_close(&fs);
		s->closed = true;
		return;
	}
	s->closed = !*top && fs_readable(img, p, fstest) == 0;
	score_tree(&fs, p, "", top, s);
	if (fs_has(top, "@/") && fs_list(&fs, "/@", &sub) == 0) {
		score_tree(&fs, p, "/@", sub, s);
		fs_free_names(sub);
	}
	if (has_kernel(top) && !fs_has(top, "etc/"))
		s->boot_like = true;
	fs_free_names(top);
	fs_close(&fs);
}

static void choose_boot(struct image *img, struct score *scores, struct part *root)
{
	const char *spec = root ? scores[root - img->parts].boot : NULL;
	struct part *p = spec ? roles_resolve(img, spec) : NULL;

	if (p && !p->role && p != root)
		because(p, "boot", "the root's fstab");
	for (unsigned i = 0; i < img->n && !roles_get(img, "boot"); i++)
		if (scores[i].boot_like && !img->parts[i].role)
			because(&img->parts[i], "boot", "a kernel at its top");
}

int roles_find(struct image *img, const char *fstest)
{
	_cleanup_free_ struct score *scores = calloc(img->n + 1, sizeof(*scores));
	struct part *root = NULL;
	int best = ROOT_ENOUGH - 1;
	bool tie = false;

	if (!scores)
		return -ENOMEM;
	for (unsigned i = 0; i < img->n; i++) {
		struct part *p = &img->parts[i];

		p->role = NULL;
		p->why[0] = '\0';
		if (!role_by_type(p))
			score(img, p, fstest, &scores[i]);
		tie = scores[i].points == best ? tie || root : tie;
		if (scores[i].points > best) {
			best = scores[i].points;
			root = p;
			tie = false;
		}
	}
	for (unsigned i = 0; tie && i < img->n; i++)
		if (scores[i].points == best)
			img->parts[i].role = "root?";
	if (root && !tie)
		root->role = "root";
	choose_boot(img, scores, tie ? NULL : root);
	for (unsigned i = 0; i < img->n; i++) {
		if (!img->parts[i].role)
			snprintf(img->parts[i].why, sizeof(img->parts[i].why), "%s",
				scores[i].closed ? "GRUB can't read it" : "");
		free(scores[i].boot);
	}
	return 0;
}

struct part *roles_get(struct image *img, const char *role)
{
	struct part *found = NULL;

	for (unsigned i = 0; i < img->n; i++) {
		if (!img->parts[i].role || strcmp(img->parts[i].role, role) != 0)
			continue;
		if (found)
			return NULL;
		found = &img->parts[i];
	}
	return found;
}

char *fstab_device(const char *text, const char *mountpoint)
{
	size_t want = strlen(mountpoint);

	while (*text) {
		size_t dev, blank, mnt;

		text += strspn(text, " \t");
		dev = strcspn(text, " \t\n");
		blank = strspn(text + dev, " \t");
		mnt = strcspn(text + dev + blank, " \t\n");
		if (*text != '#' && mnt == want &&
			strncmp(text + dev + blank, mountpoint, want) == 0)
			return strndup(text, dev);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return NULL;
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
