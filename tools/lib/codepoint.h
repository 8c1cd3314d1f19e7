// SPDX-License-Identifier: MIT
/* codepoint.h - UTF-8, character by character, of bytes that may be anything. */
#ifndef SEEDBED_CODEPOINT_H
#define SEEDBED_CODEPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The length of the character at s, of which len > 0 bytes may be looked at, and its
 * number in *cp; 0 if there is none: cut off, overlong, a surrogate, out of range.
 */
size_t codepoint(const void *s, size_t len, uint32_t *cp);

/* Whether the character shows text in another order than it is in. */
bool codepoint_turns(uint32_t cp);

#endif
