// SPDX-License-Identifier: MIT
/* filled.c - what another program puts in before the installer reads it. */
#include "check.h"

#include <ctype.h>
#include <string.h>

bool placeholder(const char *s)
{
	return strstr(s, "${") || strstr(s, "{{") || strstr(s, "<%") ||
	       strstr(s, "%{") || strstr(s, "{%") || strstr(s, "@@") ||
	       (s[0] == '$' && (isalpha((unsigned char)s[1]) || s[1] == '_') &&
		       !strchr(s + 1, '$'));
}

bool filled_in(const struct check *c, const char *value)
{
	return placeholder(value) || (c->file->template && strchr(value, '$'));
}
