// SPDX-License-Identifier: MIT
/* plan.c - what is known of the appliance, by name. */
#include "plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void plan_set(struct plan *p, const char *name, const char *value, struct origin from)
{
	p->var = grow(p->var, p->n, &p->room, sizeof(*p->var));
	p->var[p->n++] = (struct var){ name, value, from };
}

struct origin plan_origin(const struct plan *p, const char *name)
{
	const struct var *v = plan_var(p, name);

	return v ? v->from : (struct origin){ "default", 0 };
}

void plan_derive(struct plan *p, const char *name, const char *value, const char *of)
{
	plan_set(p, name, value, plan_origin(p, of));
}

void plan_clash(struct plan *p, enum key_id id, const char *fmt, ...)
{
	const struct setting *s = recipe_find(p->recipe, id);
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	complain(p->recipe, s ? s->from : (struct origin){ p->recipe->name, 0 },
		"%s: %s", keys[id].name, text);
}

const struct var *plan_var(const struct plan *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->var[i].name, name) == 0)
			return &p->var[i];
	return NULL;
}

const char *plan_get(const struct plan *p, const char *name)
{
	const struct var *v = plan_var(p, name);

	return v && v->value ? v->value : "";
}

void plan_free(struct plan *p)
{
	free(p->var);
	*p = (struct plan){ 0 };
}
