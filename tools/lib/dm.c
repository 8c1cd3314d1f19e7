// SPDX-License-Identifier: MIT
#include "dm.h"
#include "cleanup.h"

#include <libdevmapper.h>
#include <string.h>

static void cleanup_task(struct dm_task **t)
{
	if (*t)
		dm_task_destroy(*t);
}

#define _cleanup_task_ _cleanup_(cleanup_task)

static void no_log(
	int level, const char *file, int line, int dm_errno, const char *f, ...)
{
	(void)level, (void)file, (void)line, (void)dm_errno, (void)f;
}

static void prepare(void)
{
	dm_log_with_errno_init(no_log);
	/* without the daemon nobody would answer, and nobody make nodes */
	if (access("/run/udev/control", F_OK) != 0)
		setenv("DM_DISABLE_UDEV", "1", 0);
}

static struct dm_task *task(int type, const char *name)
{
	_cleanup_task_ struct dm_task *t = NULL;

	prepare();
	t = dm_task_create(type);
	if (!t || (name && !dm_task_set_name(t, name)))
		return NULL;
	return steal_ptr(&t);
}

static int error_of(struct dm_task *t)
{
	int e = t ? dm_task_get_errno(t) : ENOMEM;

	return e > 0 ? -e : -EIO;
}

/* With udev, until it has made or removed the node. */
static int run_and_settle(struct dm_task *t)
{
	uint32_t cookie = 0;
	int r = 0;

	if (!dm_task_set_cookie(t, &cookie, 0))
		return -EIO;
	if (!dm_task_run(t))
		r = error_of(t);
	dm_udev_wait(cookie);
	dm_task_update_nodes();
	return r;
}

int dmmap_ready(void)
{
	_cleanup_task_ struct dm_task *t = task(DM_DEVICE_VERSION, NULL);

	if (t && dm_task_run(t))
		return 0;
	return geteuid() == 0 ? -ENODEV : -EACCES;
}

bool dmmap_exists(const char *name)
{
	_cleanup_task_ struct dm_task *t = task(DM_DEVICE_INFO, name);
	struct dm_info info;

	return t && dm_task_run(t) && dm_task_get_info(t, &info) && info.exists;
}

int dmmap_create(const char *name, const char *uuid, const char *dev, uint64_t start,
	uint64_t count, bool readonly)
{
	_cleanup_task_ struct dm_task *t = NULL;
	_cleanup_free_ char *params = NULL;
	int r;

	if (dmmap_exists(name))
		return -EEXIST;
	t = task(DM_DEVICE_CREATE, name);
	if (!t || asprintf(&params, "%s %llu", dev, (unsigned long long)start) < 0)
		return -ENOMEM;
	if (!dm_task_set_uuid(t, uuid) || (readonly && !dm_task_set_ro(t)) ||
		!dm_task_add_target(t, 0, count, "linear", params))
		return -EINVAL;
	r = run_and_settle(t);
	return r == -EBUSY ? -EEXIST : r;
}

int dmmap_remove(const char *name)
{
	_cleanup_task_ struct dm_task *t = task(DM_DEVICE_REMOVE, name);
	int r = t ? run_and_settle(t) : -ENOMEM;

	return r == -ENXIO ? 0 : r; /* already gone */
}

void dmmap_node(const char *name)
{
	prepare();
	dm_mknodes(name);
	dm_task_update_nodes();
}

int dmmap_defer(const char *name)
{
	_cleanup_task_ struct dm_task *t = task(DM_DEVICE_REMOVE, name);
	int r;

	if (!t || !dm_task_deferred_remove(t))
		return -ENOMEM;
	r = run_and_settle(t);
	/* libdevmapper has removed the node, also of what is still there */
	dmmap_node(name);
	return r == -ENXIO ? 0 : r;
}

int dmmap_keep(const char *name)
{
	_cleanup_task_ struct dm_task *t = task(DM_DEVICE_TARGET_MSG, name);

	if (!t || !dm_task_set_sector(t, 0) ||
		!dm_task_set_message(t, "@cancel_deferred_remove"))
		return -ENOMEM;
	return dm_task_run(t) ? 0 : error_of(t);
}

/* 1: it is one of them, 0: not (or gone meanwhile). */
static int look(const char *name, const char *prefix, struct dmmap *m)
{
	_cleanup_task_ struct dm_task *t = task(DM_DEVICE_INFO, name);
	struct dm_info info;
	const char *uuid;

	if (!t || !dm_task_run(t) || !dm_task_get_info(t, &info) || !info.exists)
		return 0;
	uuid = dm_task_get_uuid(t);
	if (!uuid || strncmp(uuid, prefix, strlen(prefix)) != 0)
		return 0;
	snprintf(m->name, sizeof(m->name), "%s", name);
	snprintf(m->uuid, sizeof(m->uuid), "%s", uuid);
	m->open_count = info.open_count;
	return 1;
}

int dmmap_find(const char *prefix, struct dmmap **list, size_t *n)
{
	_cleanup_task_ struct dm_task *t = task(DM_DEVICE_LIST, NULL);
	_cleanup_free_ struct dmmap *found = NULL;
	struct dm_names *names;
	size_t k = 0;

	*list = NULL;
	*n = 0;
	if (!t || !dm_task_run(t) || !(names = dm_task_get_names(t)))
		return error_of(t);
	while (names->dev) {
		void *p = reallocarray(found, k + 1, sizeof(*found));

		if (!p)
			return -ENOMEM;
		found = p;
		k += (size_t)look(names->name, prefix, &found[k]);
		if (!names->next)
			break;
		names = (struct dm_names *)((char *)names + names->next);
	}
	*list = steal_ptr(&found);
	*n = k;
	return 0;
}
