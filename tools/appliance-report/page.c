// SPDX-License-Identifier: MIT
#include "page.h"
#include "look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { VALUE_MAX = 400, NAME_MAX_CHARS = 80, PACKAGES_MAX = 20000, LIST_MAX = 500 };

static const char style[] =
	":root{color-scheme:light dark;--bg:#f4f6f8;--card:#fff;--ink:#1c2733;"
	"--soft:#5b6b7b;--line:#d5dde5;--good:#1f7a46;--bad:#b3261e;--accent:#2f6fb3}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#0c1116;--card:#141b22;"
	"--ink:#dbe4ec;--soft:#94a4b4;--line:#2b3742;--good:#5fb985;--bad:#f2857d;"
	"--accent:#7db4ef}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;padding:1.5rem;max-width:64rem;background:var(--bg);"
	"color:var(--ink);font:15px/1.5 system-ui,sans-serif}\n"
	"h1{margin:0 0 .2rem;font-size:1.6rem}h2{margin:0;font-size:1.3rem}"
	"h3{margin:1.6rem 0 .5rem;font-size:1rem}h4{margin:0 0 .4rem}\n"
	"a{color:var(--accent)}code,pre{font:12.5px/1.35 ui-monospace,monospace}\n"
	"header p,.none,footer,figcaption,.files{color:var(--soft)}\n"
	".scroll,.art{overflow-x:auto}.scroll svg{width:100%;max-width:44rem;"
	"height:auto;min-width:26rem}.art img{max-width:none}\n"
	".facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));"
	"gap:.7rem 1.2rem}.facts li{overflow-wrap:anywhere}"
	".facts span{display:block;color:var(--soft);font-size:.85rem}\n"
	"table{border-collapse:collapse;width:100%}"
	"th,td{padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top;"
	"border-bottom:1px solid var(--line)}"
	"th{font-weight:600;color:var(--soft);white-space:nowrap}"
	".n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
	"td{overflow-wrap:anywhere}td.w{white-space:nowrap}\n"
	"section,.overview{margin:1.2rem 0;padding:1.1rem "
	"1.3rem;background:var(--card);"
	"border:1px solid var(--line);border-radius:.6rem}\n"
	".state{font-size:.85rem;font-weight:600}.good{color:var(--good)}"
	".bad{color:var(--bad)}\n"
	"ul{margin:0;padding:0;list-style:none}.checks li::before{content:'\\2713\\20';"
	"color:var(--good)}\n"
	"pre{margin:.3rem 0;overflow-x:auto}"
	"pre.log{padding:.7rem .9rem;background:#12181f;color:#d3dde6;"
	"border-radius:.4rem;max-height:30rem;overflow:auto}\n"
	"figure{margin:.6rem 0}img{max-width:100%;height:auto;border-radius:.3rem}\n"
	"details{margin:.6rem 0}summary{cursor:pointer;color:var(--accent)}"
	".failure{margin:.8rem 0;padding:.1rem 0 .1rem .9rem;"
	"border-left:3px solid var(--bad)}.reason{color:var(--bad);font-weight:600;"
	"overflow-wrap:anywhere}\n"
	"@media(max-width:40rem){body{padding:.7rem}section,.overview{padding:.9rem}}\n"
	"@media print{pre.log{max-height:none}}\n";

/* --- what a manifest says, line by line --- */

enum kind { TEXT, BYTES, KIB, MIB, ELSEWHERE };

/* Those that have words or a place of their own; a key that is new shows itself. */
static const struct known {
	const char *key, *label;
	enum kind kind;
} known[] = {
	{ "name", NULL, ELSEWHERE },
	{ "step", NULL, ELSEWHERE },
	{ "package", NULL, ELSEWHERE },
	{ "check", NULL, ELSEWHERE },
	{ "hostkey", NULL, ELSEWHERE },
	{ "suite", NULL, ELSEWHERE },
	{ "hostname", "Host name", TEXT },
	{ "release", "Release", TEXT },
	{ "architecture", "Architecture", TEXT },
	{ "firmware", "Firmware", TEXT },
	{ "layout", "Layout", TEXT },
	{ "filesystem", "Filesystem", TEXT },
	{ "disk", "Disk", BYTES },
	{ "memory", "Memory", MIB },
	{ "address", "Address", TEXT },
	{ "gateway", "Gateway", TEXT },
	{ "image", "Image", TEXT },
	{ "image-bytes", "Image takes", BYTES },
	{ "filesystem-used-kib", "Filesystem holds", KIB },
	{ "received-bytes", "Downloaded", BYTES },
	{ "built", "Built", TEXT },
	{ "way", "Made", TEXT },
	{ "installer", "Installer", TEXT },
	{ "installer-kernel", "Installer's kernel", TEXT },
	{ "kit", NULL, ELSEWHERE },
};

static const struct known *find_known(struct slice key)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (slice_is(key, known[i].key))
			return &known[i];
	return NULL;
}

static void put_value(struct slice v, enum kind kind, FILE *f)
{
	static const double unit[] = { [BYTES] = 1, [KIB] = 1024, [MIB] = 1 << 20 };
	struct slice rest;
	double number;

	if (kind != TEXT && number_first(v, &number, &rest) && rest.n == 0)
		put_bytes(number * unit[kind], f);
	else
		put_text(v, VALUE_MAX, f);
}

static void put_asked(const struct appliance *a, FILE *f)
{
	struct slice value;
	size_t i = 0, n = 0;

	if (!manifest_count(&a->facts, "package"))
		return;
	fputs("<li><span>Asked for</span> ", f);
	while (manifest_next(&a->facts, "package", &i, &value) && n++ < LIST_MAX) {
		fputs(n > 1 ? ", " : "", f);
		put_text(value, NAME_MAX_CHARS, f);
	}
	fputs("</li>\n", f);
}

/* What is only planned yet is in the facts, with much that is of no interest here. */
static void put_facts(const struct appliance *a, FILE *f)
{
	const struct manifest *m = appliance_built(a) ? &a->manifest : &a->facts;
	size_t shown = 0;

	if (!m->n) {
		fputs("<p class=\"none\">Nothing is known.</p>\n", f);
		return;
	}
	fputs("<ul class=\"facts\">\n", f);
	put_asked(a, f);
	for (size_t i = 0; i < m->n && shown < LIST_MAX; i++) {
		const struct entry *e = &m->entries[i];
		const struct known *k = find_known(e->key);

		if ((k && k->kind == ELSEWHERE) || (!k && !appliance_built(a)))
			continue;
		fputs("<li><span>", f);
		put_text(k ? slice_of(k->label) : e->key, 40, f);
		fputs("</span> ", f);
		put_value(e->value, k ? k->kind : TEXT, f);
		fputs("</li>\n", f);
		shown++;
	}
	fputs("</ul>\n", f);
}

/* All values of a key, as a list. */
static void put_list(
	const struct manifest *m, const char *key, const char *class, FILE *f)
{
	struct slice value;
	size_t i = 0, n = 0;

	fprintf(f, "<ul class=\"%s\">\n", class);
	while (manifest_next(m, key, &i, &value) && n++ < LIST_MAX) {
		fputs("<li>", f);
		put_text(value, VALUE_MAX, f);
		fputs("</li>\n", f);
	}
	fputs("</ul>\n", f);
}

static void put_kit(const struct manifest *m, FILE *f)
{
	if (!manifest_count(m, "kit"))
		return;
	fprintf(f,
		"<details><summary>Packages of the installer that mirrors lack: "
		"%zu</summary>\n",
		manifest_count(m, "kit"));
	put_list(m, "kit", "kit", f);
	fputs("</details>\n", f);
}

static void put_checks(const struct manifest *m, FILE *f)
{
	fputs("<h3>Checks done</h3>\n", f);
	if (manifest_count(m, "check"))
		put_list(m, "check", "checks", f);
	else
		fputs("<p class=\"none\">None.</p>\n", f);
}

static void put_time(const struct appliance *a, FILE *f)
{
	const struct timeline *t = &a->exact;

	fputs("<h3>Time</h3>\n", f);
	if (t->n == 0) {
		fputs("<p class=\"none\">No steps are known.</p>\n", f);
		return;
	}
	fputs("<p>", f);
	put_seconds(t->all, f);
	if (t->all > t->install) {
		fputs(": the installation ", f);
		put_seconds(t->install, f);
		fputs(", the boot test ", f);
		put_seconds(t->all - t->install, f);
	}
	fputs(".</p>\n<div class=\"scroll\">", f);
	timeline_svg(&a->drawn, false, f);
	fprintf(f,
		"</div>\n<details><summary>All %zu steps</summary>\n<table>"
		"<tr><th scope=\"col\">Step</th><th scope=\"col\" class=\"n\">from</th>"
		"<th scope=\"col\" class=\"n\">took</th></tr>\n",
		t->n);
	for (size_t i = 0; i < t->n; i++) {
		fputs("<tr><td>", f);
		fputs(t->spans[i].boot ? "boot test: " : "", f);
		timeline_name(&t->spans[i], NAME_MAX_CHARS, f);
		fprintf(f,
			"</td><td class=\"n\">%.1f s</td><td class=\"n\">%.1f "
			"s</td></tr>\n",
			t->spans[i].from, t->spans[i].to - t->spans[i].from);
	}
	fputs("</table></details>\n", f);
}

static void put_packages(const struct appliance *a, FILE *f)
{
	const size_t count = manifest_count(&a->manifest, "package");
	struct slice value;
	size_t i = 0, n = 0;

	fprintf(f, "<h3>Packages: %zu</h3>\n", count);
	if (!count)
		return;
	fputs("<details><summary>Names, architectures, versions</summary>\n<table>\n",
		f);
	while (manifest_next(&a->manifest, "package", &i, &value) &&
		n++ < PACKAGES_MAX) {
		struct slice column;

		fputs("<tr>", f);
		for (int c = 0; c < 2 && slice_split(value, ' ', &column, &value);
			c++) {
			fputs("<td>", f);
			put_text(column, NAME_MAX_CHARS, f);
			fputs("</td>", f);
		}
		fputs("<td>", f);
		put_text(value, NAME_MAX_CHARS, f);
		fputs("</td></tr>\n", f);
	}
	fputs("</table></details>\n", f);
}

/* --- the page --- */

static void put_state(const struct appliance *a, FILE *f)
{
	if (appliance_built(a)) {
		fputs("<span class=\"state good\">built</span>", f);
	} else {
		fputs("<span class=\"state bad\">", f);
		if (a->fault == -ENOENT)
			fputs(a->n_failed ? "failed" : "not finished", f);
		else
			fprintf(f, "manifest: %s", strerror(-a->fault));
		fputs("</span>", f);
	}
}

/* A failure's folder is named by its time. */
static void put_failed_at(const char *name, FILE *f)
{
	static const char form[] = "failed-00000000-000000";
	const char *d = name + 7;

	for (size_t i = 0; i < sizeof(form); i++)
		if (form[i] == '0' ? name[i] < '0' || name[i] > '9'
				   : name[i] != form[i])
			return;
	fprintf(f, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", d, d + 4, d + 6, d + 9, d + 11,
		d + 13);
}

static void put_when(const struct appliance *a, FILE *f)
{
	if (appliance_built(a))
		put_text(manifest_get(&a->manifest, "built"), 24, f);
	else if (a->n_failed)
		put_failed_at(a->failed[a->n_failed - 1], f);
}

static void put_overview_row(const struct appliance *a, size_t i, FILE *f)
{
	const struct manifest *m = &a->manifest;

	fprintf(f, "<tr><td><a href=\"#a%zu\">", i + 1);
	put_text(a->name, NAME_MAX_CHARS, f);
	fputs("</a></td><td class=\"w\">", f);
	put_state(a, f);
	fputs("</td><td class=\"w\">", f);
	put_when(a, f);
	fputs("</td><td>", f);
	put_text(manifest_get(appliance_built(a) ? m : &a->facts, "release"), 24, f);
	fputs("</td>", f);
	if (appliance_built(a)) {
		fputs("<td class=\"n\">", f);
		put_value(manifest_get(m, "image-bytes"), BYTES, f);
		fprintf(f, "</td><td class=\"n\">%zu</td><td class=\"n\">",
			manifest_count(m, "package"));
		put_seconds(a->exact.all, f);
		fprintf(f, "</td><td class=\"n\">%zu</td>", manifest_count(m, "check"));
	} else {
		fputs("<td colspan=\"4\">", f);
		look_why(a, f);
		fputs("</td>", f);
	}
	fputs("</tr>\n", f);
}

static void put_overview(const struct appliance *list, size_t n, FILE *f)
{
	fputs("<div class=\"overview scroll\">\n<table>\n<tr>", f);
	for (const char *const *h = (const char *const[]){ "Appliance", "State", "When",
		     "Release", NULL };
		*h; h++)
		fprintf(f, "<th scope=\"col\">%s</th>", *h);
	for (const char *const *h = (const char *const[]){ "Size", "Packages", "Time",
		     "Checks", NULL };
		*h; h++)
		fprintf(f, "<th scope=\"col\" class=\"n\">%s</th>", *h);
	fputs("</tr>\n", f);
	for (size_t i = 0; i < n; i++)
		put_overview_row(&list[i], i, f);
	fputs("</table>\n</div>\n", f);
}

static void put_appliance(const struct appliance *a, size_t i, FILE *f)
{
	fprintf(f, "<section id=\"a%zu\">\n<h2>", i + 1);
	put_text(a->name, NAME_MAX_CHARS, f);
	fputs(" ", f);
	put_state(a, f);
	fputs("</h2>\n", f);
	if (a->n_failed || !appliance_built(a)) {
		fputs("<h3>What went wrong</h3>\n", f);
		look_failures(a, f);
	}
	fputs("<h3>What it is</h3>\n", f);
	put_facts(a, f);
	if (a->manifest.broken)
		fprintf(f, "<p class=\"bad\">%zu lines of the manifest are none.</p>\n",
			a->manifest.broken);
	if (appliance_built(a)) {
		put_kit(&a->manifest, f);
		put_checks(&a->manifest, f);
	}
	put_time(a, f);
	if (manifest_count(&a->manifest, "hostkey")) {
		fputs("<h3>Host keys</h3>\n", f);
		look_hostkeys(a, f);
	}
	fputs("<h3>Last seen</h3>\n", f);
	look_screen(a, f);
	if (appliance_built(a))
		put_packages(a, f);
	fputs("</section>\n", f);
}

/* The same input, the same page, where whoever builds says what time it is. */
static void put_now(FILE *f)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	const time_t now = epoch ? (time_t)strtoll(epoch, NULL, 10) : time(NULL);
	char text[32];
	struct tm tm;

	if (gmtime_r(&now, &tm) &&
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm))
		fputs(text, f);
}

void page_write(const struct appliance *list, size_t n, FILE *f)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
	      "'none'; img-src data:; style-src 'unsafe-inline'\">\n"
	      "<meta name=\"viewport\" "
	      "content=\"width=device-width,initial-scale=1\">\n"
	      "<title>Appliances</title>\n<style>\n",
		f);
	fprintf(f, "%s%s\n</style>\n</head>\n<body>\n<header><h1>Appliances</h1>\n<p>",
		style, timeline_style);
	if (n == 0)
		fputs("None has been built. ", f);
	fputs("As of ", f);
	put_now(f);
	fputs("</p></header>\n", f);
	if (n)
		put_overview(list, n, f);
	for (size_t i = 0; i < n; i++)
		put_appliance(&list[i], i, f);
	fputs("<footer>Made by appliance-report.</footer>\n</body>\n</html>\n", f);
}
