// SPDX-License-Identifier: MIT
/*
 * forked.c - the answers in two parts: those that an installation is begun with that
 * many appliances will be forked from, and the rest, which each gets at the fork.
 *
 * Late is what the installer asks for after package selection begins, by the table
 * here; all else is early, whatever it is: two appliances that differ in that have no
 * installation in common.
 */
#include "product.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

/* The installer has finished with none of these at the fork. */
static const struct {
	const char *question; /* as for fnmatch(3) */
	const char *neutral;  /* what is answered until then; NULL: nothing */
} late[] = {
	{ "netcfg/get_hostname", "appliance" },
	{ "netcfg/hostname", "appliance" },
	{ "apt-setup/local*", NULL },
	{ "pkgsel/run_tasksel", NULL },
	{ "pkgsel/include", NULL },
	{ "tasksel/*", NULL },
	{ "grub-installer/*", NULL },
	{ "debian-installer/add-kernel-opts", NULL },
	{ "finish-install/*", NULL },
	{ "debian-installer/exit/*", NULL },
	{ "preseed/late_command", NULL },
};

/* Where in the table, or -1: early. A package's own question is asked by it. */
static int find_late(const struct answer *v)
{
	for (size_t i = 0; i < sizeof(late) / sizeof(*late); i++)
		if (fnmatch(late[i].question, v->question, 0) == 0)
			return (int)i;
	return -1;
}

static bool of_package(const struct answer *v)
{
	return strcmp(v->owner, "d-i") != 0 && strcmp(v->owner, "tasksel") != 0 &&
	       strcmp(v->owner, "popularity-contest") != 0;
}

static void answer(const struct answer *v, const char *value, FILE *f)
{
	fprintf(f, "%s %s %s%s%s\n", v->owner, v->question, v->type, *value ? " " : "",
		value);
}

void write_early(const struct answers *a, FILE *f)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct answer *v = &a->v[i];
		const int k = find_late(v);

		if (of_package(v))
			continue;
		if (k < 0)
			answer(v, v->value, f);
		else if (late[k].neutral)
			answer(v, late[k].neutral, f);
	}
}

void write_rest(const struct answers *a, FILE *f)
{
	for (size_t i = 0; i < a->n; i++)
		if (of_package(&a->v[i]) || find_late(&a->v[i]) >= 0)
			answer(&a->v[i], a->v[i].value, f);
}
