// SPDX-License-Identifier: MIT
#include "groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t hash(const char *s, size_t n)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3;
	return h ^ h >> 29;
}

static size_t slot_of(const struct groups *g, const char *name, size_t len)
{
	size_t i = hash(name, len) & (g->n_slots - 1);

	for (; g->slots[i]; i = (i + 1) & (g->n_slots - 1)) {
		const char *there = g->list[g->slots[i] - 1].name;

		if (strncmp(there, name, len) == 0 && there[len] == '\0')
			break;
	}
	return i;
}

static int grow(struct groups *g)
{
	size_t n = g->n_slots ? 2 * g->n_slots : 64;
	uint32_t *slots = calloc(n, sizeof(*slots));
	struct group *list = reallocarray(g->list, n / 2, sizeof(*list));

	if (list)
		g->list = list;
	if (!slots || !list) {
		free(slots);
		return -ENOMEM;
	}
	free(g->slots);
	g->slots = slots;
	g->n_slots = n;
	g->room = n / 2;
	for (size_t i = 0; i < g->n; i++)
		slots[slot_of(g, list[i].name, strlen(list[i].name))] = (uint32_t)i + 1;
	return 0;
}

struct group *groups_get(struct groups *g, const char *name, size_t len)
{
	size_t at;

	if (g->n == g->room && grow(g) < 0)
		return NULL;
	at = slot_of(g, name, len);
	if (!g->slots[at]) {
		char *copy = strndup(name, len);

		if (!copy)
			return NULL;
		g->list[g->n++] = (struct group){
			.name = copy, .lowest = UINT32_MAX, .young = UINT32_MAX
		};
		g->slots[at] = (uint32_t)g->n;
	}
	return &g->list[g->slots[at] - 1];
}

static void swap(uint32_t *a, uint32_t *b)
{
	uint32_t t = *a;

	*a = *b;
	*b = t;
}

static void sift_up(uint32_t *heap, uint32_t i)
{
	for (; i > 0 && heap[i] < heap[(i - 1) / 2]; i = (i - 1) / 2)
		swap(&heap[i], &heap[(i - 1) / 2]);
}

static void sift_down(uint32_t *heap, uint32_t n)
{
	uint32_t i = 0;

	for (;;) {
		uint32_t least = i, child = 2 * i + 1;

		if (child < n && heap[child] < heap[least])
			least = child;
		if (child + 1 < n && heap[child + 1] < heap[least])
			least = child + 1;
		if (least == i)
			return;
		swap(&heap[i], &heap[least]);
		i = least;
	}
}

int group_add(const struct groups *g, struct group *vg, uint32_t index)
{
	vg->files++;
	if (index < vg->lowest)
		vg->lowest = index;
	if (index > vg->highest)
		vg->highest = index;
	if (!g->keep)
		return 0;
	if (vg->n_newest == g->keep) {
		if (index > vg->newest[0]) {
			vg->newest[0] = index;
			sift_down(vg->newest, vg->n_newest);
		}
		return 0;
	}
	if (vg->n_newest == vg->room) {
		uint32_t room = vg->room ? 2 * vg->room : 4;
		uint32_t *p = reallocarray(vg->newest, room, sizeof(*p));

		if (!p)
			return -ENOMEM;
		vg->newest = p;
		vg->room = room;
	}
	vg->newest[vg->n_newest++] = index;
	sift_up(vg->newest, vg->n_newest - 1);
	return 0;
}

uint32_t group_floor(const struct groups *g, const struct group *vg)
{
	/* Two with the index of the last that stays both stay. */
	return vg->files > g->keep && vg->n_newest ? vg->newest[0] : 0;
}

uint32_t group_limit(const struct groups *g, const struct group *vg)
{
	uint32_t floor = group_floor(g, vg);

	return vg->young < floor ? vg->young : floor;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct group *)a)->name, ((const struct group *)b)->name);
}

void groups_sort(struct groups *g)
{
	if (g->n)
		qsort(g->list, g->n, sizeof(*g->list), by_name);
	free(g->slots);
	g->slots = NULL;
	g->n_slots = g->room = 0;
}

void cleanup_groups(struct groups *g)
{
	for (size_t i = 0; i < g->n; i++) {
		free(g->list[i].name);
		free(g->list[i].newest);
	}
	free(g->list);
	free(g->slots);
	*g = (struct groups){ 0 };
}
