// SPDX-License-Identifier: MIT
/* answered.c - whether anything that the file shows answers a question. */
#include "check.h"

#include <string.h>

bool answer_known(struct check *c, const char *question)
{
	const char *value = value_said(c, question);

	return (value && *value) || command_sets(c, question);
}

bool more_to_come(const struct check *c)
{
	static const char *const names[] = { "preseed/include",
		"preseed/include_command", "preseed/run", "auto-install/classes" };

	if (c->file->template || commands_fetch_answers(c))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct answer *a = answer_find(c, names[i]);

		if (a && *a->value.s)
			return true;
	}
	return false;
}
