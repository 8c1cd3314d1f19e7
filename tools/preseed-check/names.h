// SPDX-License-Identifier: MIT
/* names.h - whether a name is one of a list, and which of them was meant. */
#ifndef CHECK_NAMES_H
#define CHECK_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* The one of n names that was meant, NULL. */
const char *nearest_of(const char *const *list, size_t n, const char *s);
bool one_of(const char *const *list, size_t n, const char *s);

/* Whether s, which may be NULL, is that one. */
bool is_name(const char *s, const char *what);

#endif
