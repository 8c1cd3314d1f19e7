// SPDX-License-Identifier: MIT
/*
 * tree.h - the files of an initrd, by path.
 *
 * A path has no leading slash, no "." and no "..": "usr/bin/mount".
 */
#ifndef INITRD_TREE_H
#define INITRD_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct node {
	char *path;
	uint32_t mode; /* type and permissions */
	uint32_t uid, gid, mtime;
	uint32_t rmajor, rminor; /* of a device */
	uint64_t
		link; /* names of one file have the same number; 0: has no other name */
	const char *data; /* contents, or where a symlink points (NUL-terminated) */
	size_t size;
	char *owned; /* data, where it is this node's to free */
};

struct tree {
	void *root; /* of tsearch(3) */
	size_t count;
	uint32_t archives; /* read into it: inode numbers count in each for itself */
};

struct node *tree_get(const struct tree *t, const char *path);

/*
 * Puts a copy of n (path is copied, owned passes to the tree) in the place of
 * whatever has its path. NULL: no memory, and n still owns what it owned.
 */
struct node *tree_put(struct tree *t, const struct node *n);

void tree_remove(struct tree *t, const char *path);

/* All nodes in the order of their paths, the caller's to free; NULL: no memory. */
struct node **tree_list(const struct tree *t);

/* Whether path is dir itself or below it. */
bool path_below(const char *path, const char *dir);

void tree_free(struct tree *t);

#endif
