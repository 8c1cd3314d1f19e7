// SPDX-License-Identifier: MIT
/*
 * dmdisk - a disk image as /dev/mapper/hda, /dev/mapper/hda1 ...: a loop
 * device, a linear map of the asked name over it, and one for each partition.
 * With -d what it made goes again, and nothing else does.
 */
#include "cleanup.h"
#include "diag.h"
#include "dm.h"
#include "dmimage.h"
#include "opts.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>

enum { EX_BUSY = 3, EX_NO_DM = 4 };

static char *name;
static int detach, deferred, readonly;

static const struct poptOption table[] = {
	{ "name", 'n', POPT_ARG_STRING, &name, 0,
		"The disk's name in /dev/mapper (default: hda)", "NAME" },
	{ "detach", 'd', POPT_ARG_NONE, &detach, 0,
		"Remove the disk NAME and its partitions", NULL },
	{ "deferred", '\0', POPT_ARG_NONE, &deferred, 0,
		"With -d: what is in use goes when it no longer is", NULL },
	{ "read-only", 'r', POPT_ARG_NONE, &readonly, 0, "No writes to the image",
		NULL },
	OPTS_COMMON,
};

static int no_mapper(void)
{
	int r = dmmap_ready();

	if (r == 0)
		return 0;
	diag(r == -EACCES ? "device-mapper: only root may"
			  : "device-mapper: this kernel has none (modprobe dm_mod)");
	return EX_NO_DM;
}

static int attach(const char *path)
{
	_cleanup_(image_close) struct image img;
	_cleanup_(dmimage_close) struct dmimage d = { .loop_fd = -1 };
	const char *where;
	int r = image_open(&img, path, readonly ? O_RDONLY : O_RDWR);

	if (r < 0) {
		diag_errno(r, "%s", path);
		return EX_FAILED;
	}
	if (img.state == IMAGE_CONTAINER) {
		diag("%s: %s", path, img.problem);
		return EX_FAILED;
	}
	if (img.state != IMAGE_GOOD)
		diag("%s: %s", path, img.problem);
	if ((r = dmimage_make(&d, &img, name, readonly, &where)) == 0)
		r = dmimage_keep(&d);
	if (r < 0) {
		diag_errno(r, "%s: %s", path, where ? where : name);
		return r == -EEXIST ? EX_BUSY : EX_FAILED;
	}
	for (unsigned i = 0; i < d.n; i++)
		printf("/dev/mapper/%s\n", d.names[i]);
	return EX_DONE;
}

/* Partitions in use stop it before anything is removed. */
static int in_use(const struct dmmap *maps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (maps[i].open_count == 0 || strcmp(maps[i].name, name) == 0)
			continue;
		diag("%s: in use", maps[i].name);
		return EX_BUSY;
	}
	return 0;
}

static int remove_map(const char *map)
{
	int r = deferred ? dmmap_defer(map) : dmmap_remove(map);

	if (r == 0)
		return 0;
	diag_errno(r, "%s: remove", map);
	return r == -EBUSY ? EX_BUSY : EX_FAILED;
}

static int undo(void)
{
	_cleanup_free_ struct dmmap *maps = NULL;
	_cleanup_free_ char *tag = NULL;
	size_t n;
	int r;

	if (asprintf(&tag, DMIMAGE_TAG "%s-", name) < 0)
		return EX_FAILED;
	if ((r = dmmap_find(tag, &maps, &n)) < 0) {
		diag_errno(r, "%s", name);
		return EX_FAILED;
	}
	if (n == 0) {
		diag("%s: no disk of dmdisk's", name);
		return EX_FAILED;
	}
	if (!deferred && (r = in_use(maps, n)))
		return r;
	for (size_t i = 0; i < n; i++)
		if (strcmp(maps[i].name, name) != 0 && (r = remove_map(maps[i].name)))
			return r;
	return remove_map(name);
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	sigset_t held;
	const char **args;
	int r = opts_parse(&ctx, argc, argv, table, "[IMAGE]", 0, 1, &args);

	if (r != OPTS_GO)
		return r;
	if (!name)
		name = strdup("hda");
	if (!name || !*name || strlen(name) > 64 ||
		name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789_.")])
		return opts_error("--name: letters, digits, '_' and '.'");
	if (!detach == !args[0])
		return opts_error(detach ? "%s: --detach goes by --name alone"
					 : "IMAGE: missing operand%.0s",
			args[0] ? args[0] : "");
	/* half a disk would be nobody's: a signal waits for the end */
	sigfillset(&held);
	sigprocmask(SIG_BLOCK, &held, NULL);
	r = no_mapper();
	if (r == 0)
		r = detach ? undo() : attach(args[0]);
	return flush_stdout() < 0 && r == 0 ? EX_FAILED : r;
}
