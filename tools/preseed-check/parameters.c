// SPDX-License-Identifier: MIT
/* parameters.c - what the kernel command line answers, by the rules for a file's
 * answers. */
#include "check.h"

#include <string.h>

/* A name without a slash that is not a short name, but nearly one. */
static void near_alias(struct check *c, const struct answer *a, const char *name)
{
	const char *alias = alias_near(name);

	if (alias)
		found(c, a, 0, 0, LEVEL_NOTE, R_UNKNOWN,
			"%s is nothing to the installer; did you mean %s?", name,
			alias);
}

/* As an answer of its own; it has no place in the file. */
void check_cmdline(struct check *c)
{
	for (size_t i = 0; i < c->params; i++) {
		const struct cmdline *w = &c->param[i];
		struct answer *a = pool_alloc(c->pool, sizeof(*a));
		enum qtype type;

		a->question.s = *w->name ? w->name : w->said;
		a->owner.s = w->owner;
		a->value.s = a->text = a->masked = w->value;
		a->len = strlen(w->value);
		a->q = qindex_find(c->index, w->name);
		type = a->q ? (enum qtype)a->q->type : QT_STRING;
		a->type.s = *qtype_name(type) ? qtype_name(type) : "string";
		if (!*w->name) {
			near_alias(c, a, w->said);
			continue;
		}
		if (strcmp(w->name, w->said) == 0 || strchr(w->said, '/'))
			check_question(c, a);
		check_value(c, a);
		check_network(c, a);
		check_account(c, a);
		check_place(c, a);
	}
}
