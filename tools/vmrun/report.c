// SPDX-License-Identifier: MIT
#include "report.h"
#include "cleanup.h"
#include "clock.h"
#include "diag.h"
#include "result.h"

static const char *const kinds[] = { [WORD_STEP] = "step",
	[WORD_DATA] = "data",
	[WORD_DONE] = "done",
	[WORD_FAILED] = "failed",
	[WORD_ASKS] = "asks" };

int report_word(const struct guest *g, const struct word *w)
{
	const char *const fields[] = { w->key, w->object, w->text };
	_cleanup_free_ char *line = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&line, &len);

	if (!f)
		return -ENOMEM;
	fprintf(f, "%.1f\t%s", clock_seconds() - g->started, kinds[w->kind]);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (fields[i]) {
			fputc('\t', f);
			fput_visible(fields[i], f);
		}
	fputc('\n', f);
	if (fclose(f) != 0)
		return -ENOMEM;
	return sink_put(&g->cfg->records, line, len);
}

static double seconds(const struct guest *g)
{
	return g->started > 0 ? clock_seconds() - g->started : 0;
}

int report_result(const struct guest *g)
{
	const struct ending *e = &g->end;
	struct result r;
	int err;

	result_begin(&r, "vmrun", outcome_name(e->outcome));
	result_put(&r, "status", "%d", ending_status(e));
	if (e->code)
		result_put(&r, "code", "%s", e->code);
	if (e->object)
		result_put(&r, "object", "%s", e->object);
	if (g->question)
		result_put(&r, "question", "%s", g->question);
	if (g->step)
		result_put(&r, "step", "%s", g->step);
	result_put(&r, "seconds", "%.1f", seconds(g));
	result_put(&r, "ignored", "%lu", g->words.ignored);
	if (g->command_status >= 0)
		result_put(&r, "command", "%d", g->command_status);
	if (e->text)
		result_put(&r, "text", "%s", e->text);
	if (ending_next(e))
		result_put(&r, "next", "%s", ending_next(e));
	err = result_write(&r, g->cfg->result);
	if (err < 0)
		diag_errno(-err, "%s: write", g->cfg->result);
	return err;
}

void report_end(const struct guest *g)
{
	const char *next = ending_next(&g->end);

	if (g->words.ignored)
		diag("%lu lines without the nonce were ignored", g->words.ignored);
	diag("%s: %s (after %.1f s%s%s)%s%s", g->cfg->file,
		g->end.text ? g->end.text : "?", seconds(g),
		g->step ? ", last step: " : "", g->step ? g->step : "",
		next ? "; next: " : "", next ? next : "");
}
