// SPDX-License-Identifier: MIT
#include "layers.h"
#include "cleanup.h"
#include "roles.h"
#include "run.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { ROUNDS_MAX = 8, LINE = 256 };

static bool begins(const char *s, const char *head)
{
	return strncmp(s, head, strlen(head)) == 0;
}

/* The first line of a file in /sys; "" where there is none. */
static void sys_line(char out[LINE], const char *name, const char *file)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_fclose_ FILE *f = NULL;

	*out = '\0';
	if (asprintf(&path, "/sys/class/block/%s/%s", name, file) < 0 ||
		!(f = fopen(path, "re")) || !fgets(out, LINE, f))
		return;
	out[strcspn(out, "\n")] = '\0';
}

static bool is_known(const struct layers *ls, const char *node)
{
	for (size_t i = 0; i < ls->n; i++)
		if (strcmp(ls->list[i].node, node) == 0)
			return true;
	return false;
}

/* A block device that was not there before, and is of use. 1: it is new. */
static int take(struct layers *ls, const char *name)
{
	char size[LINE], map[LINE], uuid[LINE];
	_cleanup_free_ char *node = NULL;
	struct layer *l;

	sys_line(size, name, "size");
	sys_line(map, name, "dm/name");
	sys_line(uuid, name, "dm/uuid");
	if (begins(name, "ram") || begins(name, "loop") ||
		strtoull(size, NULL, 10) == 0)
		return 0;
	if (asprintf(&node, "/dev/%s%s", *map ? "mapper/" : "", *map ? map : name) < 0)
		return -ENOMEM;
	if (is_known(ls, node))
		return 0;
	l = reallocarray(ls->list, ls->n + 1, sizeof(*l));
	if (!l)
		return -ENOMEM;
	ls->list = l;
	l += ls->n;
	*l = (struct layer){ .crypt = begins(uuid, "CRYPT-"),
		.lvm = begins(uuid, "LVM-") };
	/* a disk with partitions has these beside it */
	if (image_open(&l->img, node, O_RDONLY) < 0)
		return 0;
	l->node = steal_ptr(&node);
	ls->n++;
	return 1;
}

static int look_around(struct layers *ls)
{
	DIR *d = opendir("/sys/class/block");
	struct dirent *e;
	int r = 0, found = 0;

	if (!d)
		return -errno;
	while (r >= 0 && (e = readdir(d)))
		if (e->d_name[0] != '.' && (r = take(ls, e->d_name)) > 0)
			found++;
	closedir(d);
	return r < 0 ? r : found;
}

static const char *type_of(const struct layer *l)
{
	const char *fs = l->img.table || l->img.n != 1 ? NULL : l->img.parts[0].fs;

	return fs ? fs : "";
}

static void wanted(struct layers *ls, const char *const argv[])
{
	if (run(argv) == -ENOENT)
		ls->missing = argv[0];
}

static void unlock(struct layers *ls, struct layer *l)
{
	char name[32];
	int r;

	snprintf(name, sizeof(name), "crypt%u", ls->crypts);
	const char *const argv[] = { "cryptsetup", "open", "--type", "luks",
		"--key-file", ls->key, l->node, name, NULL };

	l->locked = true;
	if (!ls->key)
		return;
	if ((r = run(argv)) == 0) {
		ls->crypts++;
		l->locked = false;
	} else if (r == -ENOENT) {
		ls->missing = argv[0];
	}
}

/* Each layer that is new; whether any was. */
static bool open_next(struct layers *ls)
{
	static const char *const assemble[] = { "mdadm", "--assemble", "--scan",
		"--no-degraded", NULL };
	static const char *const activate[] = { "lvm", "vgchange", "-qq", "-ay", NULL };
	bool raid = false, lvm = false, any = false;

	for (size_t i = 0; i < ls->n; i++) {
		struct layer *l = &ls->list[i];

		if (l->opened)
			continue;
		l->opened = any = true;
		raid |= strcmp(type_of(l), "linux_raid_member") == 0;
		lvm |= strcmp(type_of(l), "LVM2_member") == 0;
		if (strcmp(type_of(l), "crypto_LUKS") == 0)
			unlock(ls, l);
	}
	if (raid)
		wanted(ls, assemble);
	if (lvm)
		wanted(ls, activate);
	return any;
}

int layers_open(struct layers *ls, const char *key)
{
	int r = 0;

	*ls = (struct layers){ .key = key };
	for (int i = 0; i < ROUNDS_MAX && (r = look_around(ls)) > 0; i++)
		open_next(ls);
	return r < 0 ? r : 0;
}

/* Hyphens within a name are doubled, a single one is between group and volume. */
static void put_name(FILE *f, const char *s, size_t len)
{
	for (; len > 0; s++, len--)
		fputs(*s == '-' ? "--" : (char[]){ *s, '\0' }, f);
}

char *layers_lvm_name(const char *path)
{
	_cleanup_free_ char *out = NULL;
	const char *slash;
	size_t len;
	FILE *f;

	if (!begins(path, "/dev/"))
		return NULL;
	path += strlen("/dev/");
	slash = strchr(path, '/');
	if (!slash || slash == path || !slash[1] || strchr(slash + 1, '/') ||
		!(f = open_memstream(&out, &len)))
		return NULL;
	put_name(f, path, (size_t)(slash - path));
	putc('-', f);
	put_name(f, slash + 1, strlen(slash + 1));
	return fclose(f) == 0 ? steal_ptr(&out) : NULL;
}

static struct layer *by_node(struct layers *ls, const char *node)
{
	for (size_t i = 0; i < ls->n; i++)
		if (strcmp(ls->list[i].node, node) == 0)
			return &ls->list[i];
	return NULL;
}

struct layer *layers_resolve(struct layers *ls, struct image *disk, const char *spec)
{
	_cleanup_free_ char *name = layers_lvm_name(spec), *node = NULL;
	struct layer *l = by_node(ls, spec);
	const struct part *p;

	for (size_t i = 0; !l && i < ls->n; i++)
		if (*type_of(&ls->list[i]) && begins(spec, "/dev/") == 0 &&
			roles_resolve(&ls->list[i].img, spec))
			l = &ls->list[i];
	if (!l && name && asprintf(&node, "/dev/mapper/%s", name) > 0)
		l = by_node(ls, node);
	if (l || !(p = roles_resolve(disk, spec)))
		return l;
	free(node);
	node = NULL;
	return asprintf(&node, "/dev/vda%u", p->number) > 0 ? by_node(ls, node) : NULL;
}

void layers_close(struct layers *ls)
{
	static const char *const deactivate[] = { "lvm", "vgchange", "-qq", "-an",
		NULL };
	static const char *const stop[] = { "mdadm", "--stop", "--scan", NULL };

	for (size_t i = 0; i < ls->n; i++)
		image_close(&ls->list[i].img);
	/* volumes in what was locked, or the other way round */
	for (int round = ls->crypts > 0 ? 2 : 1; round > 0; round--) {
		run(deactivate);
		for (unsigned k = ls->crypts; k-- > 0;) {
			char name[32];

			snprintf(name, sizeof(name), "crypt%u", k);
			const char *const argv[] = { "cryptsetup", "close", name,
				NULL };

			run(argv);
		}
		run(stop);
	}
	for (size_t i = 0; i < ls->n; i++)
		free(ls->list[i].node);
	free(ls->list);
	*ls = (struct layers){ 0 };
}
