// SPDX-License-Identifier: MIT
/* What is said to the person, and by which names: all parts do, and it needs none. */
#include "grubify.h"
#include "cleanup.h"
#include "diag.h"

#include <stdarg.h>
#include <string.h>

static void tell(const struct plan *pl, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void tell(const struct plan *pl, const char *fmt, va_list ap)
{
	_cleanup_free_ char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	for (char *p = text; pl->to_host && p && *p; p++)
		if (*p == '\n')
			*p = ' '; /* the end of a record */
	if (pl->to_host)
		fprintf(pl->to_host, "say\t%s\n", text ? text : fmt);
	else
		diag("%s: %s", pl->img.path ? pl->img.path : "image",
			text ? text : fmt);
}

void note(const struct plan *pl, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(pl, fmt, ap);
	va_end(ap);
}

int refuse(const struct plan *pl, enum status st, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(pl, fmt, ap);
	va_end(ap);
	return st;
}

int broken(const struct plan *pl, int err, const char *what)
{
	note(pl, "%s: %s", what, strerror(err < 0 ? -err : err));
	return ST_FAILED;
}

struct label where_node(const char *node)
{
	const char *base = strrchr(node, '/') + 1;
	bool part = strncmp(base, "vda", 3) == 0 && base[3];
	struct label w;

	snprintf(w.s, sizeof(w.s), "%s%s", part ? "partition " : "",
		part ? base + 3 : base);
	return w;
}

struct label where(const struct plan *pl, const struct part *p)
{
	const struct image *img = p == pl->boot_part ? pl->boot_img
				  : p == pl->root    ? pl->root_img
						     : &pl->img;
	struct label w;

	if (img != &pl->img)
		return where_node(img->path);
	snprintf(w.s, sizeof(w.s), "partition %u", p->number);
	return w;
}

bool part_needs_kernel(const struct part *p)
{
	return p->fs && (strcmp(p->fs, "LVM2_member") == 0 ||
				strcmp(p->fs, "linux_raid_member") == 0 ||
				strcmp(p->fs, "crypto_LUKS") == 0);
}
