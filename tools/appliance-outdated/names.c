// SPDX-License-Identifier: MIT
#include "names.h"
#include "pool.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a. */
static uint32_t hash(struct slice s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.s[i]) * 16777619u;
	return h;
}

/* Where it is, or where it would be put. */
static uint32_t *slot_of(const struct names *t, struct slice name)
{
	size_t i = hash(name) & (t->slots - 1);

	for (;; i = (i + 1) & (t->slots - 1)) {
		const struct slice *there;

		if (t->slot[i] == 0)
			return &t->slot[i];
		there = &t->list[t->slot[i] - 1];
		if (there->n == name.n && memcmp(there->s, name.s, name.n) == 0)
			return &t->slot[i];
	}
}

long names_find(const struct names *t, struct slice name)
{
	return t->slots ? (long)*slot_of(t, name) - 1 : NAME_NONE;
}

static void make_room(struct names *t)
{
	size_t slots = t->slots ? 2 * t->slots : 1024;

	t->slot = pool_alloc(&t->pool, slots * sizeof(*t->slot));
	t->slots = slots;
	for (size_t i = 0; i < t->n; i++)
		*slot_of(t, t->list[i]) = (uint32_t)(i + 1);
}

long names_add(struct names *t, struct slice name)
{
	uint32_t *slot;

	if (2 * (t->n + 1) > t->slots)
		make_room(t);
	slot = slot_of(t, name);
	if (*slot == 0) {
		t->list = grow(t->list, t->n, &t->room, sizeof(*t->list));
		t->list[t->n++] = name;
		*slot = (uint32_t)t->n;
	}
	return (long)*slot - 1;
}

void names_end(struct names *t)
{
	free(t->list);
	pool_free(&t->pool);
}
