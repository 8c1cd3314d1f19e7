// SPDX-License-Identifier: MIT
#include "appliance.h"
#include "cleanup.h"

#include <fcntl.h>
#include <string.h>

enum { MANIFEST_MAX = 4 << 20, STEPS_BYTES_MAX = 1 << 20 };

bool appliance_built(const struct appliance *a)
{
	return a->fault == 0;
}

/* The last component, whatever slashes follow it. */
static struct slice folder_name(const char *path)
{
	struct slice s = slice_of(path);

	while (s.n > 1 && s.s[s.n - 1] == '/')
		s.n--;
	for (size_t i = s.n; i > 1; i--)
		if (s.s[i - 2] == '/')
			return (struct slice){ s.s + i - 1, s.n - i + 1 };
	return s;
}

static int read_pairs(
	int dir, const char *name, struct content *c, struct manifest *m, int *fault)
{
	const int r = read_whole(dir, name, MANIFEST_MAX, c);

	*fault = r;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	return manifest_read(m, content_text(c));
}

/* Of a build that did not come to a manifest there may be its steps alone. */
static int read_steps(struct appliance *a)
{
	struct slice line, rest;
	size_t i = 0;
	int r = 0;

	if (appliance_built(a)) {
		while (r == 0 && manifest_next(&a->manifest, "step", &i, &line))
			r = steps_add(&a->steps, line);
		return r;
	}
	if (read_whole(a->dir, "steps", STEPS_BYTES_MAX, &a->steps_bytes) < 0)
		return 0;
	rest = content_text(&a->steps_bytes);
	while (r == 0 && slice_line(&rest, &line))
		r = steps_add(&a->steps, line);
	return r;
}

int appliance_read(struct appliance *a, const char *path)
{
	int r, ignored;

	a->name = folder_name(path);
	a->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (a->dir < 0)
		return -errno;
	if ((r = read_pairs(a->dir, "manifest", &a->manifest_bytes, &a->manifest,
		     &a->fault)) < 0 ||
		(r = read_pairs(
			 a->dir, "facts", &a->facts_bytes, &a->facts, &ignored)) < 0 ||
		(r = list_names(a->dir, "failed-*", a->failed, &a->n_failed,
			 &a->all_failed)) < 0 ||
		(r = read_steps(a)) < 0 ||
		(r = timeline_make(&a->exact, &a->steps)) < 0 ||
		(r = timeline_make(&a->drawn, &a->steps)) < 0)
		return r;
	timeline_merge(&a->drawn);
	return 0;
}

void appliance_end(struct appliance *a)
{
	if (a->dir >= 0)
		close(a->dir);
	manifest_end(&a->manifest);
	manifest_end(&a->facts);
	steps_end(&a->steps);
	timeline_end(&a->exact);
	timeline_end(&a->drawn);
	content_end(&a->manifest_bytes);
	content_end(&a->facts_bytes);
	content_end(&a->steps_bytes);
	names_end(a->failed, a->n_failed);
}
