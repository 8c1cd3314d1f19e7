// SPDX-License-Identifier: MIT
/* report.c - findings for people, editors and programs. */
#include "check.h"
#include "diag.h"
#include "json.h"
#include "opts.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[FORMAT_COUNT] = { "text", "gcc", "json", "sarif" };

bool format_find(const char *name, enum format *f)
{
	for (int i = 0; i < FORMAT_COUNT; i++)
		if (strcmp(names[i], name) == 0) {
			*f = (enum format)i;
			return true;
		}
	return false;
}

/* The line in question, and a caret below the place. */
static void excerpt(
	const struct report *r, const struct file *file, const struct finding *f)
{
	const char *line = file->text + f->from;
	size_t len = strcspn(line, "\r\n");
	char *copy = strndup(line, len);
	unsigned column = 1;

	if (!copy)
		return;
	printf("%6u | ", f->line);
	fput_visible(copy, stdout);
	printf("\n       | ");
	/* a tab is shown as \x09, in four columns */
	for (const char *p = copy; *p && column < f->column; p++)
		if (((unsigned char)*p & 0xc0) != 0x80) {
			fputs(*p == '\t' ? "    " : " ", stdout);
			column++;
		}
	printf("%s^", r->color ? "\033[1;32m" : "");
	for (unsigned i = 1; i < f->width && f->column + i <= len; i++)
		putchar('~');
	printf("%s\n", r->color ? "\033[0m" : "");
	free(copy);
}

static void text(
	const struct report *r, const struct file *file, const struct finding *f)
{
	static const char *const colors[LEVEL_COUNT] = { "\033[1;36m", "\033[1;35m",
		"\033[1;31m" };

	if (f->origin) {
		fput_visible(f->origin, stdout);
	} else {
		fput_visible(file->name, stdout);
		printf(":%u:%u", f->line, f->column);
	}
	printf(": %s%s:%s ", r->color ? colors[f->level] : "", level_name(f->level),
		r->color ? "\033[0m" : "");
	fput_visible(f->message, stdout);
	printf(" [%s]\n", rules[f->rule].id);
	if (r->excerpt && f->width && r->format == FORMAT_TEXT)
		excerpt(r, file, f);
}

static void json(
	const struct report *r, const struct file *file, const struct finding *f)
{
	printf("%s\n{\"file\":", r->shown ? "," : "");
	json_string(file->name, stdout);
	printf(",\"line\":%u,\"column\":%u,\"endColumn\":%u,\"level\":\"%s\",\"rule\":"
	       "\"%s\",\"message\":",
		f->line, f->column, f->column + f->width, level_name(f->level),
		rules[f->rule].id);
	json_string(f->message, stdout);
	printf(",\"question\":");
	json_string(*f->question ? f->question : NULL, stdout);
	printf(",\"origin\":");
	json_string(f->origin, stdout);
	printf(",\"fix\":");
	if (f->fix) {
		printf("{\"from\":%zu,\"to\":%zu,\"with\":", f->fix->from, f->fix->to);
		json_string(f->fix->with, stdout);
		putchar('}');
	} else {
		printf("null");
	}
	putchar('}');
}

/* A file's name, len bytes, as a relative reference (RFC 3986). */
static void uri(const char *name, size_t len)
{
	static const char safe[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-._~/";

	if (name[0] == '/')
		printf("file://");
	for (; len > 0; name++, len--)
		if (strchr(safe, *name))
			putchar(*name);
		else
			printf("%%%02X", (unsigned char)*name);
}

/*
 * The line number in an origin FILE:LINE, and where its colon is; 0 for any other, such
 * as a guess from the host.
 */
static unsigned long origin_line(const char *origin, const char **colon)
{
	char *end;
	unsigned long line;

	*colon = origin ? strrchr(origin, ':') : NULL;
	if (!*colon || *colon == origin || (*colon)[1] < '1' || (*colon)[1] > '9')
		return 0;
	line = strtoul(*colon + 1, &end, 10);
	return *end || line > INT_MAX ? 0 : line;
}

static void sarif(
	const struct report *r, const struct file *file, const struct finding *f)
{
	const char *colon;
	unsigned long line = origin_line(f->origin, &colon);

	printf("%s\n{\"ruleId\":\"%s\",\"ruleIndex\":%d,\"level\":\"%s\",\"message\":{"
	       "\"text\":",
		r->shown ? "," : "", rules[f->rule].id, (int)f->rule,
		level_name(f->level));
	json_string(f->message, stdout);
	printf("},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":"
	       "\"");
	if (line) { /* the recipe is the reader's file, and the answers made of it are not */
		uri(f->origin, (size_t)(colon - f->origin));
		printf("\"},\"region\":{\"startLine\":%lu}}}]}", line);
		return;
	}
	uri(file->name, strlen(file->name));
	printf("\"},\"region\":{\"startLine\":%u,\"startColumn\":%u,\"endColumn\":%u}}}"
	       "]}",
		f->line, f->column, f->column + f->width);
}

void report_begin(struct report *r)
{
	if (r->format == FORMAT_JSON)
		putchar('[');
	if (r->format != FORMAT_SARIF)
		return;
	printf("{\"$schema\":\"https://json.schemastore.org/"
	       "sarif-2.1.0.json\",\"version\":\"2.1.0\","
	       "\"runs\":[{\"tool\":{\"driver\":{\"name\":\"preseed-check\","
	       "\"version\":\"%s\",\"rules\":[",
		SEEDBED_VERSION);
	for (int i = 0; i < RULE_COUNT; i++) {
		printf("%s\n{\"id\":\"%s\",\"shortDescription\":{\"text\":",
			i ? "," : "", rules[i].id);
		json_string(rules[i].help, stdout);
		printf("}}");
	}
	printf("]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[");
}

void report_file(struct report *r, const struct file *file)
{
	for (size_t i = 0; i < file->findings; i++) {
		const struct finding *f = &file->f[i];

		if (f->level < r->level)
			continue;
		if (r->format == FORMAT_JSON)
			json(r, file, f);
		else if (r->format == FORMAT_SARIF)
			sarif(r, file, f);
		else
			text(r, file, f);
		r->shown++;
	}
	r->files++;
}

void report_end(struct report *r)
{
	if (r->format == FORMAT_JSON)
		printf("\n]\n");
	if (r->format == FORMAT_SARIF)
		printf("\n]}]}\n");
}
