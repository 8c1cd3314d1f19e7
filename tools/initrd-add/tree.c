// SPDX-License-Identifier: MIT
#include "tree.h"
#include "cleanup.h"

#include <search.h>
#include <string.h>

static int by_path(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static void node_free(void *p)
{
	struct node *n = p;

	free(n->path);
	free(n->owned);
	free(n);
}

struct node *tree_get(const struct tree *t, const char *path)
{
	const struct node key = { .path = (char *)path };
	void *slot = tfind(&key, &t->root, by_path);

	return slot ? *(struct node **)slot : NULL;
}

static struct node *tree_new(struct tree *t, const char *path)
{
	struct node *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->path = strdup(path);
	if (!n->path || !tsearch(n, &t->root, by_path)) {
		node_free(n);
		return NULL;
	}
	t->count++;
	return n;
}

struct node *tree_put(struct tree *t, const struct node *src)
{
	struct node *n = tree_get(t, src->path);
	char *path;

	if (!n)
		n = tree_new(t, src->path);
	if (!n)
		return NULL;
	path = n->path;
	free(n->owned);
	*n = *src;
	n->path = path;
	return n;
}

void tree_remove(struct tree *t, const char *path)
{
	struct node *n = tree_get(t, path);

	if (!n)
		return;
	tdelete(n, &t->root, by_path);
	t->count--;
	node_free(n);
}

struct filling {
	struct node **list;
	size_t n;
};

static void add_to_list(const void *slot, VISIT which, void *closure)
{
	struct filling *f = closure;

	if (which == postorder || which == leaf)
		f->list[f->n++] = *(struct node *const *)slot;
}

struct node **tree_list(const struct tree *t)
{
	struct filling f = { .list = calloc(t->count + 1, sizeof(struct node *)) };

	if (f.list)
		twalk_r(t->root, add_to_list, &f);
	return f.list;
}

bool path_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

void tree_free(struct tree *t)
{
	tdestroy(t->root, node_free);
	t->root = NULL;
	t->count = 0;
}
