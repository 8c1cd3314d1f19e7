// SPDX-License-Identifier: MIT
#include "results.h"
#include "diag.h"
#include "json.h"

static double cycles(const struct results *r, double ns)
{
	return ns * r->machine.tsc_hz / 1e9;
}

void results_text(const struct results *r, FILE *f)
{
	machine_text(&r->machine, f);
	fprintf(f, "pinned to processor %d\n\n%-14s %12s %12s %8s %12s  %s\n", r->cpu,
		"what", "min ns", "median ns", "spread", "cycles", "");
	for (size_t i = 0; i < r->n; i++) {
		const struct result *one = &r->list[i];

		fprintf(f, "%-14s %12.1f %12.1f %7.1f%% ", one->name, one->s.min,
			one->s.median, 100 * stats_spread(&one->s));
		if (r->machine.tsc_hz > 0)
			fprintf(f, "%12.0f", cycles(r, one->s.median));
		else
			fprintf(f, "%12s", "-");
		fprintf(f, "  %s\n", one->title);
	}
	for (int i = 0; i < r->machine.n_warnings; i++) {
		fputs(i ? "noise: " : "\nnoise: ", f);
		fput_visible(r->machine.warnings[i], f);
		fputc('\n', f);
	}
}

static void json_stats(const char *name, const struct stats *s, double unit, FILE *f)
{
	fprintf(f,
		",\"%s\":{\"min\":%.2f,\"p25\":%.2f,\"median\":%.2f,\"p75\":%.2f,"
		"\"p95\":%.2f,\"mean\":%.2f}",
		name, s->min * unit, s->p25 * unit, s->median * unit, s->p75 * unit,
		s->p95 * unit, s->mean * unit);
}

void results_json(const struct results *r, FILE *f)
{
	fputs("{\"syscost\":1,", f);
	machine_json(&r->machine, f);
	fprintf(f, ",\"pinned\":%d,\"program\":", r->cpu);
	json_string(r->program, f);
	fputs(",\"results\":[", f);
	for (size_t i = 0; i < r->n; i++) {
		const struct result *one = &r->list[i];

		fprintf(f, "%s\n{\"name\":\"%s\"", i ? "," : "", one->name);
		json_stats("ns", &one->s, 1, f);
		if (r->machine.tsc_hz > 0)
			json_stats("cycles", &one->s, r->machine.tsc_hz / 1e9, f);
		fprintf(f, ",\"samples\":%u,\"per_sample\":%llu,\"involuntary\":%ld}",
			one->s.samples, (unsigned long long)one->s.per_sample,
			one->s.involuntary);
	}
	fputs("]}\n", f);
}

void results_doubt(struct results *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct result *one = &r->list[i];

		if (stats_spread(&one->s) > 0.2)
			machine_warn(&r->machine,
				"%s: the middle half of the samples spreads over "
				"%.0f%%",
				one->name, 100 * stats_spread(&one->s));
	}
}
