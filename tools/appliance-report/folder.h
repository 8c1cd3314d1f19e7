// SPDX-License-Identifier: MIT
/* folder.h - what lies in a build's folder, read with bounds. */
#ifndef APPLIANCE_REPORT_FOLDER_H
#define APPLIANCE_REPORT_FOLDER_H

#include "text.h"

#include <sys/types.h>

/* A plain file's bytes: not through a link, and never waiting for a pipe. */
struct content {
	char *bytes;
	size_t n;
	off_t size; /* of the file: more than n where only a part was read */
};

/* The whole file, or -EFBIG. 0 or a negative errno; -ENOENT where there is none. */
int read_whole(int dir, const char *name, size_t max, struct content *c);

/* Its first max bytes. */
int read_begin(int dir, const char *name, size_t max, struct content *c);

/* The file's last max bytes, from the beginning of a line where one begins there. */
int read_end(int dir, const char *name, size_t max, struct content *c);

void content_end(struct content *c);
struct slice content_text(const struct content *c);

/*
 * Names in the folder that fit the pattern (see fnmatch(3)), sorted, at most
 * NAMES_MAX; of how many in *all.
 */
enum { NAMES_MAX = 64 };
int list_names(int dir, const char *pattern, char **names, size_t *n, size_t *all);
void names_end(char **names, size_t n);

#endif
