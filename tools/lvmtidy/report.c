// SPDX-License-Identifier: MIT
#include "report.h"
#include "codepoint.h"
#include "diag.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

static const char *const verdicts[] = { "good", "warning", "critical" };

static double seconds(const struct report *r)
{
	return (double)r->scan->listing.ns / 1e9;
}

/* What the files of a kind take, from those that were looked at. */
static double bytes(const struct tally *t)
{
	if (!t->looked_at)
		return 0;
	return (double)t->bytes * (double)t->files / (double)t->looked_at;
}

static void put_age(const struct report *r, const struct tally *t, FILE *f)
{
	if (t->looked_at)
		fprintf(f, " %8.1f d %8.1f d", (double)(r->now - t->oldest) / 86400,
			(double)(r->now - t->newest) / 86400);
}

static void text_kinds(const struct report *r, FILE *f)
{
	static const char *const titles[KINDS] = { "archives", "stale temporary files",
		"temporary, in use", "temporary, other host", "not LVM's" };

	fprintf(f, "  %-22s %9s %11s %10s %10s\n", "kind", "files", "bytes", "oldest",
		"newest");
	for (int k = 0; k < KINDS; k++) {
		const struct tally *t = &r->scan->kinds[k];

		fprintf(f, "  %-22s %9llu %c%10.0f", titles[k],
			(unsigned long long)t->files,
			t->looked_at < t->files ? '~' : ' ', bytes(t));
		put_age(r, t, f);
		fputc('\n', f);
	}
}

static void text_groups(const struct report *r, FILE *f)
{
	const struct groups *g = &r->scan->groups;
	enum { SHOWN = 20 };

	if (g->n)
		fprintf(f, "  %-22s %9s %11s  %s\n", "volume group", "archives",
			"beyond", "indexes");
	for (size_t i = 0; i < g->n && i < SHOWN; i++) {
		const struct group *vg = &g->list[i];

		fprintf(f, "  %-22s %9llu %11llu  %u..%u\n", vg->name,
			(unsigned long long)vg->files,
			vg->files > g->keep ? (unsigned long long)(vg->files - g->keep)
					    : 0ULL,
			vg->lowest, vg->highest);
	}
	if (g->n > SHOWN)
		fprintf(f, "  and %zu more volume groups\n", g->n - SHOWN);
}

static void text_verdict(const struct report *r, FILE *f)
{
	const struct scan *s = r->scan;
	const struct settings *c = r->settings;

	fprintf(f, "  %s: archive=%d retain_min=%u retain_days=%u\n", c->source,
		c->archive, c->retain_min, c->retain_days);
	fprintf(f, "  %llu archives are beyond the newest %u of their group",
		(unsigned long long)scan_surplus(s), s->groups.keep);
	fprintf(f, "; LVM drops one when it is %u days old and its group is changed\n",
		c->retain_days);
	fprintf(f, "%s: %llu entries (warning from %llu, critical from %llu)\n",
		verdicts[r->verdict], (unsigned long long)s->entries,
		(unsigned long long)r->warn, (unsigned long long)r->crit);
}

void report_text(const struct report *r, FILE *f)
{
	fput_visible(r->dir, f);
	fprintf(f, ": %llu entries, listed in %.3f s, directory of %llu bytes\n",
		(unsigned long long)r->scan->entries, seconds(r),
		(unsigned long long)r->scan->dir_bytes);
	text_kinds(r, f);
	text_groups(r, f);
	text_verdict(r, f);
}

static void json_kinds(const struct report *r, FILE *f)
{
	fputs(",\"kinds\":{", f);
	for (int k = 0; k < KINDS; k++) {
		const struct tally *t = &r->scan->kinds[k];

		fprintf(f, "%s\"%s\":{\"files\":%llu,\"looked_at\":%llu,\"bytes\":%.0f",
			k ? "," : "", kind_names[k], (unsigned long long)t->files,
			(unsigned long long)t->looked_at, bytes(t));
		if (t->looked_at)
			fprintf(f, ",\"oldest\":%lld,\"newest\":%lld",
				(long long)t->oldest, (long long)t->newest);
		fputc('}', f);
	}
	fputc('}', f);
}

static void json_settings(const struct settings *c, FILE *f)
{
	fputs(",\"settings\":{\"source\":", f);
	json_string(c->source, f);
	fprintf(f, ",\"archive\":%s,\"retain_min\":%u,\"retain_days\":%u,",
		c->archive ? "true" : "false", c->retain_min, c->retain_days);
	fputs("\"archive_dir\":", f);
	json_string(c->archive_dir, f);
	fputs("}", f);
}

void report_json(const struct report *r, FILE *f)
{
	const struct groups *g = &r->scan->groups;

	fputs("{\"dir\":", f);
	json_string(r->dir, f);
	fprintf(f,
		",\"verdict\":\"%s\",\"entries\":%llu,\"list_seconds\":%.6f,"
		"\"dir_bytes\":%llu,\"keep\":%u,\"surplus\":%llu",
		verdicts[r->verdict], (unsigned long long)r->scan->entries, seconds(r),
		(unsigned long long)r->scan->dir_bytes, g->keep,
		(unsigned long long)scan_surplus(r->scan));
	json_kinds(r, f);
	json_settings(r->settings, f);
	fputs(",\"groups\":[", f);
	for (size_t i = 0; i < g->n; i++) {
		fprintf(f, "%s{\"name\":", i ? "," : "");
		json_string(g->list[i].name, f);
		fprintf(f, ",\"archives\":%llu,\"lowest\":%u,\"highest\":%u}",
			(unsigned long long)g->list[i].files, g->list[i].lowest,
			g->list[i].highest);
	}
	fputs("]}\n", f);
}

/* A label's value: UTF-8, else U+FFFD; three characters are escaped. */
static void label(const char *s, FILE *f)
{
	size_t left = strlen(s), n;
	uint32_t cp;

	fputc('"', f);
	for (; left; s += n, left -= n) {
		n = codepoint(s, left, &cp);
		if (!n) {
			fputs("\xef\xbf\xbd", f);
			n = 1;
		} else if (*s == '\n') {
			fputs("\\n", f);
		} else {
			if (*s == '"' || *s == '\\')
				fputc('\\', f);
			fwrite(s, 1, n, f);
		}
	}
	fputc('"', f);
}

static void head(const char *name, const char *help, FILE *f)
{
	fprintf(f, "# HELP lvmtidy_%s %s\n# TYPE lvmtidy_%s gauge\n", name, help, name);
}

static void single(
	const struct report *r, const char *name, const char *help, double v, FILE *f)
{
	head(name, help, f);
	fprintf(f, "lvmtidy_%s{dir=", name);
	label(r->dir, f);
	fprintf(f, "} %.15g\n", v);
}

static void per_kind(const struct report *r, const char *name, const char *help,
	double (*of)(const struct tally *), FILE *f)
{
	head(name, help, f);
	for (int k = 0; k < KINDS; k++) {
		fprintf(f, "lvmtidy_%s{dir=", name);
		label(r->dir, f);
		fprintf(f, ",kind=\"%s\"} %.15g\n", kind_names[k],
			of(&r->scan->kinds[k]));
	}
}

static double files(const struct tally *t)
{
	return (double)t->files;
}

static double oldest(const struct tally *t)
{
	return (double)t->oldest;
}

void report_prometheus(const struct report *r, FILE *f)
{
	const struct groups *g = &r->scan->groups;

	single(r, "entries", "Entries of the directory.", (double)r->scan->entries, f);
	single(r, "list_seconds", "Time to list the directory.", seconds(r), f);
	single(r, "directory_bytes", "Size of the directory itself.",
		(double)r->scan->dir_bytes, f);
	single(r, "surplus_files", "Archives beyond the newest that LVM keeps.",
		(double)scan_surplus(r->scan), f);
	single(r, "verdict", "0 good, 1 warning, 2 critical.", r->verdict, f);
	per_kind(r, "files", "Files of each kind.", files, f);
	per_kind(r, "file_bytes", "Size of the files of each kind, perhaps estimated.",
		bytes, f);
	per_kind(r, "oldest_seconds", "Oldest change that was seen, or 0.", oldest, f);
	head("group_archives", "Archives of each volume group.", f);
	for (size_t i = 0; i < g->n; i++) {
		fputs("lvmtidy_group_archives{dir=", f);
		label(r->dir, f);
		fprintf(f, ",vg=\"%s\"} %llu\n", g->list[i].name,
			(unsigned long long)g->list[i].files);
	}
}
