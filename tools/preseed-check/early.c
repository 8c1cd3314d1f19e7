// SPDX-License-Identifier: MIT
/*
 * early.c - answers that early commands set: by debconf-set, by db_set, or by lines
 * that they hand to debconf-set-selections.
 */
#include "check.h"

#include <ctype.h>
#include <string.h>

static const char *const early[] = { "preseed/early_command", "partman/early_command" };
#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static const char *early_text(const struct check *c, size_t i)
{
	const struct answer *a = answer_find(c, early[i]);

	return a ? a->value.s : "";
}

static bool of_a_name(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("/_-.", c));
}

static bool names(const char *text, const char *question)
{
	size_t len = strlen(question);

	for (const char *s = text; (s = strstr(s, question)); s += len)
		if ((s == text || !of_a_name(s[-1])) && !of_a_name(s[len]))
			return true;
	return false;
}

/* What comes after the disk is set up. */
static bool after_partman(const char *question)
{
	static const char *const list[] = { "partman", "grub-installer/",
		"base-installer/", "apt-setup/", "pkgsel/", "tasksel/",
		"popularity-contest/", "finish-install/" };

	for (size_t i = 0; i < COUNT(list); i++)
		if (strncmp(question, list[i], strlen(list[i])) == 0)
			return true;
	return false;
}

bool command_sets(struct check *c, const char *question)
{
	for (size_t i = 0; i < COUNT(early); i++) {
		const char *text = early_text(c, i);

		if ((strstr(text, "debconf-set") || strstr(text, "db_set")) &&
			names(text, question) && (i == 0 || after_partman(question)))
			return true;
	}
	return false;
}

bool commands_fetch_answers(const struct check *c)
{
	for (size_t i = 0; i < COUNT(early); i++) {
		const char *text = early_text(c, i);

		if (strstr(text, "debconf-set-selections") && !strstr(text, "echo ") &&
			!strstr(text, "printf "))
			return true;
	}
	return false;
}

bool commands_mention(struct check *c, const char *text)
{
	for (size_t i = 0; i < COUNT(early); i++)
		if (strstr(early_text(c, i), text))
			return true;
	return false;
}
