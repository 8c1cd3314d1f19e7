// SPDX-License-Identifier: MIT
#include "guest.h"
#include "cleanup.h"

#include <stdarg.h>
#include <string.h>

void remember(char **slot, const char *text)
{
	free(*slot);
	*slot = text ? strdup(text) : NULL;
}

void guest_end(struct guest *g, enum outcome outcome, const char *code,
	const char *object, const char *fmt, ...)
{
	va_list ap;

	if (g->ended)
		return;
	g->ended = 1;
	g->end.outcome = outcome;
	g->end.code = code;
	remember(&g->end.object, object && *object ? object : NULL);
	va_start(ap, fmt);
	if (vasprintf(&g->end.text, fmt, ap) < 0)
		g->end.text = NULL;
	va_end(ap);
}

void guest_says_failed(struct guest *g, const struct word *w)
{
	const char *object = strcmp(w->object, "-") == 0 ? NULL : w->object;
	const char *code = strcmp(w->key, "unspecified") == 0 ? "" : w->key;
	const char *gap = object ? " " : "";

	if (g->ended)
		return;
	if (!object)
		object = "";
	if (*w->text && *code)
		guest_end(g, OUT_FAILED, NULL, object, "the guest says: %s (%s%s%s)",
			w->text, code, gap, object);
	else
		guest_end(g, OUT_FAILED, NULL, object, "the guest says: %s%s%s%s", code,
			gap, object, w->text);
	remember(&g->end.own_code, w->key);
	g->end.code = g->end.own_code;
}

void guest_end_by_sink(struct guest *g, const struct sink *s, const char *source,
	const char *code, int err)
{
	if (err == -EFBIG)
		guest_end(g, OUT_LOG_LIMIT, code, source,
			"%s: the guest wrote more than %llu bytes", source, s->max);
	else if (err == -ENOBUFS)
		guest_end(g, OUT_LOG_LIMIT, "reader", s->path,
			"%s: more than %llu bytes wait for its reader", s->path,
			s->waiting);
	else
		guest_end(g, OUT_FAILED, "output", s->path, "%s: %s", s->path,
			strerror(-err));
}
