/* slurp.h - a whole file in memory. */
#ifndef SEEDBED_SLURP_H
#define SEEDBED_SLURP_H

#include <stddef.h>

/*
 * The bytes of the file path ("-": standard input), with a NUL after them,
 * allocated. 0 or a negative errno: -EFBIG over max, -EISDIR and the like.
 */
int slurp_file(const char *path, size_t max, char **out, size_t *len);

#endif
