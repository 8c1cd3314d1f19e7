// SPDX-License-Identifier: MIT
#include "dmimage.h"
#include "cleanup.h"
#include "dm.h"
#include "loop.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { SECTOR = 512 };

char *dmimage_part_name(const char *name, unsigned number)
{
	size_t n = strlen(name);
	char *s;

	return asprintf(&s, "%s%s%u", name,
		       n > 0 && isdigit((unsigned char)name[n - 1]) ? "p" : "",
		       number) < 0
		       ? NULL
		       : s;
}

/* Held open and marked to go: so it goes when we do. Takes name over. */
static int hold(struct dmimage *d, char *name)
{
	_cleanup_free_ char *node = NULL;
	int fd;

	d->names[d->n] = name;
	d->fds[d->n] = -1;
	if (asprintf(&node, "/dev/mapper/%s", name) < 0)
		return -ENOMEM;
	fd = open(node, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		int r = -errno;

		dmmap_remove(name);
		return r;
	}
	d->fds[d->n++] = fd;
	return dmmap_defer(name);
}

/* Takes name over; over is open on the device below. */
static int map(struct dmimage *d, char *name, const char *disk, int over,
	uint64_t start, uint64_t count, bool readonly)
{
	_cleanup_free_ char *own = name, *uuid = NULL;
	struct stat st;
	char dev[32];
	int r;

	if (fstat(over, &st) < 0)
		return -errno;
	snprintf(dev, sizeof(dev), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
	if (!own || asprintf(&uuid, DMIMAGE_TAG "%s-%s", disk, own) < 0)
		return -ENOMEM;
	r = dmmap_create(own, uuid, dev, start, count, readonly);
	return r < 0 ? r : hold(d, steal_ptr(&own));
}

int dmimage_make(struct dmimage *d, const struct image *img, const char *name,
	bool readonly, const char **where)
{
	int r;

	*d = (struct dmimage){ .loop_fd = -1 };
	*where = NULL;
	d->names = calloc(img->n + 2, sizeof(*d->names));
	d->fds = calloc(img->n + 2, sizeof(*d->fds));
	if (!d->names || !d->fds)
		return -ENOMEM;
	if (dmmap_exists(name)) {
		*where = name;
		return -EEXIST;
	}
	if ((d->loop_fd = loop_attach(img->fd, readonly, d->loop)) < 0) {
		*where = "loop device";
		return d->loop_fd;
	}
	*where = name;
	r = map(d, strdup(name), name, d->loop_fd, 0, img->size / SECTOR, readonly);
	for (unsigned i = 0; r == 0 && i < img->n; i++) {
		const struct part *p = &img->parts[i];

		if (p->number > 0 && !p->extended && !p->past_end)
			r = map(d, dmimage_part_name(name, p->number), name, d->fds[0],
				p->start / SECTOR, p->size / SECTOR, readonly);
	}
	if (r == 0)
		*where = NULL;
	return r;
}

int dmimage_keep(struct dmimage *d)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < d->n; i++)
		r = dmmap_keep(d->names[i]);
	return r;
}

void dmimage_close(struct dmimage *d)
{
	/* partitions before the disk that they lie on */
	for (unsigned i = d->n; i-- > 0;)
		close(d->fds[i]);
	for (unsigned i = 0; d->names && d->names[i]; i++) {
		dmmap_node(d->names[i]);
		free(d->names[i]);
	}
	if (d->loop_fd >= 0)
		close(d->loop_fd);
	free(d->names);
	free(d->fds);
	*d = (struct dmimage){ .loop_fd = -1 };
}
