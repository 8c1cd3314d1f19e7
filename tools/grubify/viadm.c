// SPDX-License-Identifier: MIT
#include "grubify.h"
#include "cleanup.h"
#include "dm.h"
#include "dmimage.h"

/*
 * The classic way: maps, mounts, grub-install. All of it hangs on this process:
 * the mounts are in a namespace of its own, the maps are to go when the last
 * mount does, the loop device when the last map does. So nothing stays, not
 * even after SIGKILL.
 */

static char *node_of(const struct dmimage *d, const struct part *p)
{
	_cleanup_free_ char *name =
		p ? dmimage_part_name(d->names[0], p->number) : NULL;
	char *node;

	return name && asprintf(&node, "/dev/mapper/%s", name) > 0 ? node : NULL;
}

static int install(struct plan *pl, const struct dmimage *d)
{
	_cleanup_free_ char *boot = node_of(d, pl->boot_part),
			    *root = node_of(d, pl->root);
	_cleanup_free_ char *esp = node_of(d, pl->esp);
	struct nodes nodes = { d->loop, boot, root, esp };

	if (!boot || !root || (pl->esp && !esp))
		return broken(pl, -ENOMEM, "maps");
	return classic_install(pl, &nodes);
}

int via_dm(struct plan *pl)
{
	_cleanup_(dmimage_close) struct dmimage d = { .loop_fd = -1 };
	_cleanup_free_ char *name = NULL;
	const char *where;
	int r;

	if (geteuid() != 0)
		return refuse(pl, ST_FAILED, "--via dm mounts, and only root may");
	if (dmmap_ready() < 0)
		return refuse(pl, ST_FAILED,
			"--via dm: this kernel has no "
			"device-mapper (modprobe dm_mod)");
	if (asprintf(&name, "grubify%d", (int)getpid()) < 0)
		return broken(pl, -ENOMEM, "maps");
	if ((r = dmimage_make(&d, &pl->img, name, false, &where)) < 0)
		return broken(pl, r, where ? where : "maps");
	if ((r = install(pl, &d)))
		return r;
	dmimage_close(&d);
	return verify_all(pl);
}
