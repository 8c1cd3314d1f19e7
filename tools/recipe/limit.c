// SPDX-License-Identifier: MIT
/* limit.c - how much of the host an appliance may be given. */
#include "limit.h"

#include "values.h"

#include <stdlib.h>
#include <string.h>

static const char *const limited[] = { "cpus", "disk", "memory" };

static const char *limited_key(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(limited) / sizeof(*limited); i++)
		if (strlen(limited[i]) == n && strncmp(limited[i], name, n) == 0)
			return limited[i];
	return NULL;
}

/* cpus are a number, the others sizes; 0: neither. */
static uint64_t amount(const char *key, const char *text)
{
	struct why why;

	if (strcmp(key, "cpus") != 0)
		return size_bytes(text);
	return number_ok(text, 1, 99999, &why) ? strtoul(text, NULL, 10) : 0;
}

void plan_limit(struct plan *p, const char *assignment)
{
	struct origin at = { pool_printf(p->pool, "--limit %s", assignment), 0 };
	size_t n = strcspn(assignment, "=");
	const char *key = limited_key(assignment, n), *most = assignment + n + 1;

	if (!key || !assignment[n] || !amount(key, most))
		complain(p->recipe, at,
			"is not disk=SIZE, memory=SIZE or cpus=NUMBER, with a size "
			"such as 512M or 4G");
	else if (amount(key, plan_get(p, key)) > amount(key, most))
		complain(p->recipe, plan_var(p, key)->from,
			"%s: %s: the operator allows %s", key, plan_get(p, key), most);
}
