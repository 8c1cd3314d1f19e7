// SPDX-License-Identifier: MIT
#include "modules.h"
#include "cleanup.h"
#include "diag.h"
#include "run.h"
#include "scratch.h"
#include "slurp.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

/* "6.12.1-amd64" of "usr/lib/modules/6.12.1-amd64/kernel/...", or false. */
static bool version_in(const char *path, char version[NAME_MAX + 1])
{
	size_t len;

	if (path_below(path, "usr/lib/modules"))
		path += strlen("usr/lib/modules");
	else if (path_below(path, "lib/modules"))
		path += strlen("lib/modules");
	else
		return false;
	if (*path++ != '/')
		return false;
	len = strcspn(path, "/");
	if (!path[len] || len == 0 || len > NAME_MAX)
		return false;
	snprintf(version, NAME_MAX + 1, "%.*s", (int)len, path);
	return true;
}

/* The one version below t's lib/modules into v ("": none); diag and error if two. */
static int tree_version(const struct tree *t, char v[NAME_MAX + 1], const char *whose)
{
	_cleanup_free_ struct node **list = tree_list(t);
	char here[NAME_MAX + 1];

	v[0] = '\0';
	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < t->count; i++) {
		if (S_ISDIR(list[i]->mode) || !version_in(list[i]->path, here))
			continue;
		if (v[0] && strcmp(v, here) != 0) {
			diag("%s: modules of two versions, %s and %s", whose, v, here);
			return -EINVAL;
		}
		memcpy(v, here, sizeof(here));
	}
	return 0;
}

int kernel_version(const char *image, size_t len, char version[NAME_MAX + 1])
{
	size_t at, n;

	if (len < 0x210 || memcmp(image + 0x202, "HdrS", 4) != 0)
		return -EBADMSG;
	at = (unsigned char)image[0x20e] | (size_t)(unsigned char)image[0x20f] << 8;
	at += 0x200;
	if (at == 0x200 || at >= len)
		return -EBADMSG;
	n = strnlen(image + at, len - at < NAME_MAX ? len - at : NAME_MAX);
	snprintf(version, NAME_MAX + 1, "%.*s", (int)n, image + at);
	version[strcspn(version, " ")] = '\0';
	return version[0] ? 0 : -EBADMSG;
}

static int check_kernel(const char *kernel, const char *modules)
{
	_cleanup_free_ char *image = NULL;
	char version[NAME_MAX + 1];
	size_t len;
	int r;

	r = slurp_file(kernel, MAX_UNPACKED, &image, &len);
	if (r < 0) {
		diag_errno(-r, "%s", kernel);
		return r;
	}
	r = kernel_version(image, len, version);
	if (r < 0) {
		diag("%s: no Linux kernel that says its version (bzImage)", kernel);
		return r;
	}
	if (modules[0] && strcmp(version, modules) != 0) {
		diag("%s: kernel %s and modules %s don't match", kernel, version,
			modules);
		return -EINVAL;
	}
	return 0;
}

int modules_check(const struct initrd *rd, const char *kernel)
{
	char base[NAME_MAX + 1], add[NAME_MAX + 1];
	int r;

	r = tree_version(&rd->base, base, rd->name);
	if (r == 0)
		r = tree_version(&rd->add, add, "added files");
	if (r == 0 && base[0] && add[0] && strcmp(base, add) != 0) {
		diag("%s: kernel modules %s, and modules %s to be added, don't match",
			rd->name, base, add);
		r = -EINVAL;
	}
	if (r == 0 && kernel)
		r = check_kernel(kernel, base[0] ? base : add);
	return r;
}

/*
 * What depmod writes. The text forms have binary twins that kmod reads; an
 * initrd that has left them out does without.
 */
static const char *const indexes[] = { "modules.alias", "modules.alias.bin",
	"modules.dep", "modules.dep.bin", "modules.devname", "modules.softdep",
	"modules.symbols", "modules.symbols.bin", "modules.weakdep" };

/* These don't change with the modules, so an initrd's own ones stay. */
static const char *const builtin[] = { "modules.builtin.bin",
	"modules.builtin.alias.bin" };

/* What it reads: modules, and the lists of them that came with the kernel. */
static bool depmod_reads(const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	return strncmp(name, "modules.", 8) != 0 || strcmp(name + 8, "order") == 0 ||
	       strcmp(name + 8, "builtin") == 0 ||
	       strcmp(name + 8, "builtin.modinfo") == 0;
}

/* Writes the modules of t to below root, at lib/modules as depmod wants them. */
static int lay_out(const struct tree *t, const struct tree *over, const char *root)
{
	_cleanup_free_ struct node **list = tree_list(t);
	char version[NAME_MAX + 1], path[2 * PATH_MAX];
	int r = list ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < t->count; i++) {
		const char *p = list[i]->path;

		if (!S_ISREG(list[i]->mode) || !version_in(p, version) ||
			!depmod_reads(p) || (over && tree_get(over, p)))
			continue;
		snprintf(path, sizeof(path), "%s/%s", root,
			path_below(p, "usr") ? p + strlen("usr/") : p);
		r = scratch_write(path, list[i]->data, list[i]->size);
	}
	return r;
}

static int run_depmod(const char *root, const char *version)
{
	/* Not always in the PATH of who is not root. */
	static const char *const names[] = { "depmod", "/usr/sbin/depmod",
		"/sbin/depmod" };
	int r = -ENOENT;

	for (size_t i = 0; r == -ENOENT && i < sizeof(names) / sizeof(names[0]); i++) {
		const char *const argv[] = { names[i], "-b", root, version, NULL };

		r = run(argv);
	}
	if (r == -ENOENT)
		diag("depmod: not installed (package kmod), and there are modules to "
		     "add");
	else if (r)
		diag("depmod: failed for the modules %s", version);
	return r > 0 ? -EIO : r;
}

static int take_index(
	struct initrd *rd, const char *root, const char *version, const char *name)
{
	char in[2 * PATH_MAX], path[PATH_MAX];
	_cleanup_free_ char *buf = NULL;
	size_t len;
	int r;

	snprintf(in, sizeof(in), "%s/lib/modules/%s/%s", root, version, name);
	snprintf(path, sizeof(path), "lib/modules/%s/%s", version, name);
	r = slurp_file(in, MAX_UNPACKED, &buf, &len);
	if (r == -ENOENT)
		return 0; /* an older depmod does not write them all */
	if (r == 0)
		r = initrd_put_file(rd, path, 0644, buf, len);
	if (r < 0)
		diag_errno(-r, "%s", path);
	return r;
}

static int take_indexes(struct initrd *rd, const char *root, const char *version)
{
	char path[PATH_MAX];
	bool all;
	int r = 0;

	snprintf(path, sizeof(path), "lib/modules/%s/modules.dep.bin", version);
	all = !initrd_get(rd, path);
	for (size_t i = 0; r == 0 && i < sizeof(indexes) / sizeof(indexes[0]); i++) {
		snprintf(path, sizeof(path), "lib/modules/%s/%s", version, indexes[i]);
		if (all || initrd_get(rd, path))
			r = take_index(rd, root, version, indexes[i]);
	}
	for (size_t i = 0; r == 0 && all && i < sizeof(builtin) / sizeof(builtin[0]);
		i++)
		r = take_index(rd, root, version, builtin[i]);
	return r;
}

static int index_in(struct initrd *rd, const char *root, const char *version)
{
	char modinfo[2 * PATH_MAX];
	int r;

	/* depmod complains where it is missing; an installer's kernel comes without. */
	snprintf(modinfo, sizeof(modinfo), "%s/lib/modules/%s/modules.builtin.modinfo",
		root, version);
	r = scratch_write(modinfo, "", 0);
	if (r == 0)
		r = lay_out(&rd->base, &rd->add, root);
	if (r == 0)
		r = lay_out(&rd->add, NULL, root);
	if (r < 0) {
		diag_errno(-r, "%s: laying out the modules for depmod", root);
		return r;
	}
	r = run_depmod(root, version);
	return r < 0 ? r : take_indexes(rd, root, version);
}

int modules_index(struct initrd *rd)
{
	char version[NAME_MAX + 1];
	_cleanup_(scratch_gone) char *root = NULL;
	int r;

	r = tree_version(&rd->add, version, "added files");
	if (r < 0 || !version[0])
		return r;
	r = scratch_new(&root);
	if (r < 0) {
		diag_errno(-r, "a scratch folder");
		return r;
	}
	return index_in(rd, root, version);
}
