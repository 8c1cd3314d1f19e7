// SPDX-License-Identifier: MIT
#include "names.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { VG_NAME_MAX = 127 };

static bool vg_name_valid(const char *s, size_t n)
{
	if (n == 0 || n > VG_NAME_MAX || s[0] == '-')
		return false;
	if (s[0] == '.' && (n == 1 || (n == 2 && s[1] == '.')))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') ||
			    (s[i] >= '0' && s[i] <= '9') || s[i] == '_' ||
			    s[i] == '.' || s[i] == '+' || s[i] == '-'))
			return false;
	return true;
}

/* The number between s and end, which fits in 32 bits and is nothing but digits. */
static bool number(const char *s, const char *end, uint32_t *value)
{
	uint64_t v = 0;

	if (s >= end || end - s > 10)
		return false;
	for (; s < end; s++) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (uint64_t)(*s - '0');
	}
	*value = (uint32_t)v;
	return v <= UINT32_MAX;
}

/* The last c before end, or NULL. */
static const char *back_to(const char *s, const char *end, char c)
{
	return end > s ? memrchr(s, c, (size_t)(end - s)) : NULL;
}

static bool archive(const char *s, size_t len, struct name *n)
{
	const char *end = s + len - 3, *under, *dash;

	if (len < 4 || memcmp(end, ".vg", 3) != 0 || !(under = back_to(s, end, '_')) ||
		!(dash = memchr(under, '-', (size_t)(end - under))))
		return false;
	if (!number(under + 1, dash, &n->index) || !number(dash + 1, end, &n->random))
		return false;
	/* Five digits with zeros before, or more without. */
	if (dash - (under + 1) < 5 || (dash - (under + 1) > 5 && under[1] == '0'))
		return false;
	n->owner = s;
	n->owner_len = (size_t)(under - s);
	return vg_name_valid(n->owner, n->owner_len);
}

static bool temporary(const char *s, size_t len, struct name *n)
{
	static const char head[] = ".lvm_";
	const char *host = s + sizeof(head) - 1, *end = s + len, *last, *middle;
	uint32_t pid, random;

	if (strncmp(s, head, sizeof(head) - 1) != 0 ||
		!(last = back_to(host, end, '_')) ||
		!(middle = back_to(host, last, '_')))
		return false;
	if (!number(middle + 1, last, &pid) || !number(last + 1, end, &random) ||
		pid == 0 || pid > INT32_MAX || middle == host)
		return false;
	n->owner = host;
	n->owner_len = (size_t)(middle - host);
	n->pid = (pid_t)pid;
	return true;
}

void name_parse(const char *s, struct name *n)
{
	size_t len = strlen(s);

	if (s[0] == '.' && temporary(s, len, n))
		n->kind = NAME_TEMP;
	else if (archive(s, len, n))
		n->kind = NAME_ARCHIVE;
	else
		n->kind = NAME_FOREIGN;
}

void name_archive(
	char name[NAME_MAX + 1], const char *vg, uint32_t index, uint32_t random)
{
	snprintf(name, NAME_MAX + 1, "%s_%05" PRIu32 "-%" PRIu32 ".vg", vg, index,
		random);
}
