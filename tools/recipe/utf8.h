// SPDX-License-Identifier: MIT
/* utf8.h - whether text is plain text. */
#ifndef PRESEED_UTF8_H
#define PRESEED_UTF8_H

#include <stddef.h>

/*
 * NULL if these bytes are UTF-8 without control characters (a tab may be) and
 * without the marks that show text in another order than it is in; else what
 * is wrong.
 */
const char *text_fault(const char *s, size_t len);

#endif
