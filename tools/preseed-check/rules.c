// SPDX-License-Identifier: MIT
/* rules.c - the rules' names, for messages, comments and SARIF. */
#include "check.h"

#include <string.h>

const struct rule_text rules[RULE_COUNT] = {
	{ "syntax", "The installer cannot take the line apart" },
	{ "comment", "What looks like a comment is none" },
	{ "type-missing", "The value stands where the type should be" },
	{ "type", "Another type than the template's" },
	{ "unknown", "The release has no such question" },
	{ "not-known-here", "The question may be of a package that the index lacks" },
	{ "deprecated", "The question has another name now, or is gone" },
	{ "owner", "The answer goes to the wrong system" },
	{ "boolean", "Neither true nor false" },
	{ "choice", "None of the values that the installer takes" },
	{ "localised", "A choice in the words people see, not in those programs use" },
	{ "quotes", "Quotes that become part of the answer" },
	{ "network", "No host name, no address, or a gateway that cannot be reached" },
	{ "account", "A user name that the installer does not take" },
	{ "time-zone", "The release's tzdata has no such time zone" },
	{ "twice", "A later line overrides this one" },
	{ "overridden", "A later line takes the place of this command" },
	{ "password-clear", "A password in clear text" },
	{ "password-hash", "No hash that crypt(3) makes" },
	{ "recipe", "A partman recipe that does not say what it seems to" },
	{ "disk", "The partitions do not fit on the disk" },
	{ "shell", "No valid shell" },
	{ "in-target", "A command that runs on the wrong side" },
	{ "package", "The suite has no such package" },
	{ "task", "The suite has no such task" },
	{ "unanswered", "A question that an unattended run would ask" },
	{ "late", "An answer that comes when its time has passed" },
};

const char *level_name(enum level l)
{
	static const char *const names[LEVEL_COUNT] = { "note", "warning", "error" };

	return names[l];
}

enum rule rule_find(const char *name, size_t len)
{
	int r = 0;

	while (r < RULE_COUNT &&
		(strlen(rules[r].id) != len || memcmp(rules[r].id, name, len) != 0))
		r++;
	return (enum rule)r;
}
