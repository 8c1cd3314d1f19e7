// SPDX-License-Identifier: MIT
/*
 * partman.c - answers that no template lists the values of, because only the scripts of
 * partman and of grub-installer know them.
 */
#include "nearest.h"
#include "names.h"
#include "recipe.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

struct value {
	struct check *c;
	const struct answer *a;
	const char *s;
};

static void at(const struct value *v, size_t from, size_t len, enum level level,
	const char *what)
{
	found(v->c, v->a, v->a->value.at + from, len, level, R_CHOICE, "%s", what);
}

/* The one of a list that was meant: but for case, by its beginning, or the nearest. */
static const char *meant(const char *const *list, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strncasecmp(list[i], s, strlen(list[i])) == 0)
			return list[i];
	return nearest_of(list, n, s);
}

static void one_of_these(const struct value *v, const char *const *list, size_t n,
	enum level level, const char *what)
{
	const char *near = meant(list, n, v->s);
	size_t len = strlen(v->s);

	if (one_of(list, n, v->s))
		return;
	at(v, 0, len, level,
		pool_printf(v->c->pool, "%s %s%s%s%s%s", v->s, what,
			near ? "; did you mean " : "", near ? near : "",
			near ? "?" : "",
			strchr(v->s, '#') ? " (a # here begins no comment)" : ""));
	if (near && strcasecmp(near, v->s) == 0)
		mend(v->c, v->a, v->a->value.at, len, near);
}

static void method(const struct value *v)
{
	static const char *const list[] = { "regular", "lvm", "crypto", "raid" };

	one_of_these(v, list, COUNT(list), LEVEL_ERROR,
		"is no method of guided partitioning: regular, lvm, crypto or raid");
}

/* /dev/sda1 and the like: a partition by the kernel's names. */
static bool partition_name(const char *s)
{
	static const char *const list[] = { "sd", "vd", "hd", "xvd" };
	size_t n = strlen(s);

	if (strncmp(s, "/dev/", 5) != 0 || n < 8 || !isdigit((unsigned char)s[n - 1]))
		return false;
	s += 5;
	for (size_t i = 0; i < COUNT(list); i++)
		if (strncmp(s, list[i], strlen(list[i])) == 0)
			return true;
	return (strncmp(s, "nvme", 4) == 0 || strncmp(s, "mmcblk", 6) == 0) &&
	       strchr(s, 'p');
}

static void disk(const struct value *v)
{
	for (const char *s = v->s; s += strspn(s, " \t"), *s;) {
		size_t n = strcspn(s, " \t"), from = (size_t)(s - v->s);
		const char *one = pool_strndup(v->c->pool, s, n);

		if (strpbrk(one, ",;#"))
			at(v, from, n, LEVEL_ERROR,
				pool_printf(v->c->pool,
					"%s: disks are separated by blanks", one));
		else if (strncmp(one, "/dev/", 5) != 0)
			at(v, from, n, LEVEL_ERROR,
				pool_printf(v->c->pool,
					"%s: a device has its path, /dev/%s", one,
					strchr(one, '/') ? "sda" : one));
		else if (partition_name(one))
			at(v, from, n, LEVEL_ERROR,
				pool_printf(v->c->pool,
					"%s is a partition: partman finds whole disks "
					"only",
					one));
		if (strncmp(one, "/dev/", 5) != 0 && !strpbrk(one, "/,;#") && n > 2)
			mend(v->c, v->a, v->a->value.at + from, 0, "/dev/");
		s += n;
	}
}

/* As decode_recipe has it: anything else becomes ext2 there, and nothing is made. */
static void default_filesystem(const struct value *v)
{
	static const char *const list[] = { "ext4", "ext3", "ext2", "btrfs", "xfs",
		"jfs", "fat16", "fat32", "hfs", "linux-swap" };

	one_of_these(
		v, list, COUNT(list), LEVEL_ERROR, "is none of partman's filesystems");
}

/* Whether it is what people see of a recipe, which partman takes, too. */
static bool recipe_title(const struct check *c, const char *s)
{
	const struct qindex *x = c->index;

	for (size_t i = 0; i < x->questions; i++)
		if (strncmp(qindex_text(x, x->question[i].name), "partman-auto/text/",
			    18) == 0 &&
			strcmp(qindex_text(x, x->question[i].title), s) == 0)
			return true;
	return false;
}

static void choose_recipe(const struct value *v)
{
	static const char *const list[] = { "atomic", "home", "multi", "server",
		"small_disk" };
	const char *s = strrchr(v->s, '/') ? strrchr(v->s, '/') + 1 : v->s, *near;
	bool path = s != v->s;

	/* a recipe of one's own goes first; a command may bring further files */
	if (answer_known(v->c, "partman-auto/expert_recipe") ||
		answer_known(v->c, "partman-auto/expert_recipe_file") ||
		commands_mention(v->c, "/lib/partman") || recipe_title(v->c, v->s))
		return;
	if (isdigit((unsigned char)s[0]) && isdigit((unsigned char)s[1]))
		s += 2;
	/* the first by its path is the first as well */
	if (one_of(list, COUNT(list), s) && (!path || strcmp(s, list[0]) == 0))
		return;
	near = meant(list, COUNT(list), s);
	at(v, 0, strlen(v->s), LEVEL_WARNING,
		pool_printf(v->c->pool,
			"%s is none of atomic, home, multi, server, small_disk, and "
			"the first is "
			"taken%s%s%s",
			v->s, near ? "; did you mean " : "", near ? near : "",
			near ? "?" : ""));
}

/* max, N% or a size as people write it: 20, 20G, 1.5 GB, 512MiB. */
static void guided_size(const struct value *v)
{
	const char *s = v->s;
	size_t n = strspn(s, "0123456789");
	unsigned long percent = 0;

	for (size_t i = 0; i < n && percent < 1000; i++)
		percent = percent * 10 + (unsigned)(s[i] - '0');
	if (strcmp(s, "max") == 0)
		return;
	s += n;
	s += strspn(s, " ");
	if (n && strcmp(s, "%") == 0) {
		if (percent == 0 || percent > 100 || v->s[0] == '0')
			at(v, 0, strlen(v->s), LEVEL_ERROR,
				pool_printf(v->c->pool,
					"%s of the volume group: 1%% to 100%%, or max",
					v->s));
		return;
	}
	s = v->s + n;
	if (*s == '.' || *s == ',')
		s += 1 + strspn(s + 1, "0123456789");
	if (s > v->s) {
		s += strspn(s, " ");
		if (*s && strchr("kKmMgGtTpPeE", *s)) {
			s++;
			s += *s == 'i' && (s[1] == 'b' || s[1] == 'B');
		}
		s += *s == 'b' || *s == 'B';
		if (!*s)
			return;
	}
	at(v, 0, strlen(v->s), LEVEL_ERROR,
		pool_printf(v->c->pool,
			"%s is no size: max, a percentage such as 80%%, or a size such "
			"as 20GB%s",
			v->s,
			strncasecmp(v->s, "max", 3) == 0 ? "; did you mean max?" : ""));
	if (strcasecmp(v->s, "max") == 0)
		mend(v->c, v->a, v->a->value.at, strlen(v->s), "max");
}

static void label(const struct value *v)
{
	static const char *const list[] = { "gpt", "msdos", "amiga", "atari", "bsd",
		"dvh", "mac", "pc98", "sun", "aix", "loop" };
	size_t len = strlen(v->s);

	if (strcasecmp(v->s, "mbr") != 0 && strcasecmp(v->s, "dos") != 0) {
		one_of_these(v, list, COUNT(list), LEVEL_ERROR,
			"is no disk label of partman's");
		return;
	}
	at(v, 0, len, LEVEL_ERROR,
		pool_printf(v->c->pool,
			"%s is called msdos by partman; did you mean msdos?", v->s));
	mend(v->c, v->a, v->a->value.at, len, "msdos");
}

static void recipe_file(const struct value *v)
{
	if (v->s[0] != '/')
		at(v, 0, strlen(v->s), LEVEL_ERROR,
			pool_printf(v->c->pool,
				"%s is no file of the installer's: a path from / on is "
				"wanted",
				v->s));
}

static void cap_ram(const struct value *v)
{
	if (strcmp(v->s, "false") != 0 && v->s[strspn(v->s, "0123456789")])
		at(v, 0, strlen(v->s), LEVEL_WARNING,
			pool_printf(v->c->pool,
				"%s is no number of MB: the memory is not capped",
				v->s));
}

/* default, a device, or GRUB's own (hd0); several, with blanks between. */
static void bootdev(const struct value *v)
{
	for (const char *s = v->s; s += strspn(s, " \t"), *s;) {
		size_t n = strcspn(s, " \t"), from = (size_t)(s - v->s);
		const char *one = pool_strndup(v->c->pool, s, n);

		s += n;
		if (one[0] == '(' || (strcmp(one, "default") == 0 && n == strlen(v->s)))
			continue;
		if (strncmp(one, "/dev/", 5) == 0 && !strchr(one, ',') &&
			!strchr(one, ';'))
			continue;
		at(v, from, n, LEVEL_ERROR,
			pool_printf(v->c->pool,
				strpbrk(one, ",;")
					? "%s: devices are separated by blanks"
					: "%s is no device: default, or a path as "
					  "/dev/sda",
				one));
	}
}

/* What partman-auto has in its menu, by the name that its scripts know. */
static void first_menu(const struct value *v)
{
	static const char *const list[] = { "biggest_free", "some_device",
		"some_device_lvm", "some_device_crypto", "custom" };
	const char *s = v->s, *near = NULL;

	/* with a method, the menu does not come */
	if (answer_known(v->c, "partman-auto/method") || strstr(s, "__________"))
		return;
	if (isdigit((unsigned char)s[0]) && isdigit((unsigned char)s[1]))
		s += 2;
	if (one_of(list, COUNT(list), s))
		return;
	if (strcasestr(s, "encrypt"))
		near = "some_device_crypto";
	else if (strcasestr(s, "lvm"))
		near = "some_device_lvm";
	else if (strcasestr(s, "manual"))
		near = "custom";
	else if (strcasestr(s, "entire disk") || strcasestr(s, "whole disk"))
		near = "some_device";
	else
		near = nearest_of(list, COUNT(list), s);
	at(v, 0, strlen(v->s), LEVEL_ERROR,
		pool_printf(v->c->pool,
			"%s is none of biggest_free, some_device, some_device_lvm, "
			"some_device_crypto, custom%s%s%s",
			v->s, near ? "; did you mean " : "", near ? near : "",
			near ? "?" : ""));
}

void check_partman(struct check *c, const struct answer *a)
{
	static const struct {
		const char *question;
		void (*rule)(const struct value *v);
	} list[] = { { "partman-auto/method", method }, { "partman-auto/disk", disk },
		{ "partman/default_filesystem", default_filesystem },
		{ "partman-auto/choose_recipe", choose_recipe },
		{ "partman-auto-lvm/guided_size", guided_size },
		{ "partman-partitioning/default_label", label },
		{ "partman-partitioning/choose_label", label },
		{ "partman-auto/expert_recipe_file", recipe_file },
		{ "partman-auto/cap-ram", cap_ram },
		{ "partman-auto/init_automatically_partition", first_menu },
		{ "grub-installer/bootdev", bootdev } };
	const struct value v = { c, a, a->value.s };

	if (a->seen || !*v.s || placeholder(v.s) || strchr(v.s, '$'))
		return;
	for (size_t i = 0; i < COUNT(list); i++)
		if (strcmp(a->question.s, list[i].question) == 0)
			list[i].rule(&v);
}
