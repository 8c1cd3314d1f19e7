// SPDX-License-Identifier: MIT
/*
 * imgprobe - what is in a disk image: a record for each partition, with its
 * filesystem and the role that it seems to play. Reads only; mounts nothing.
 */
#include "cleanup.h"
#include "container.h"
#include "diag.h"
#include "json.h"
#include "opts.h"
#include "roles.h"

#include <fcntl.h>
#include <string.h>

enum { EX_NOT_RAW = 3, EX_NO_TABLE, EX_TRUNCATED, EX_CORRUPT, EX_FOREIGN, EX_4KN };

static int as_json, as_table, as_pairs;

static const struct poptOption table[] = {
	{ "json", 'j', POPT_ARG_NONE, &as_json, 0, "Print one JSON object", NULL },
	{ "table", 't', POPT_ARG_NONE, &as_table, 0,
		"Print a table (the default on a terminal)", NULL },
	{ "pairs", 'p', POPT_ARG_NONE, &as_pairs, 0,
		"Print key=\"value\" lines (the default otherwise)", NULL },
	OPTS_COMMON,
};

/* One value in double quotes, with what a shell or a terminal acts on as \xNN. */
static void pair(const char *key, const char *value, bool first)
{
	printf("%s%s=\"", first ? "" : " ", key);
	for (const char *p = value ? value : ""; *p; p++) {
		if (strchr("\"\\$`", *p) || (unsigned char)*p < 0x20 || *p == 0x7f)
			printf("\\x%02x", (unsigned char)*p);
		else
			putchar(*p);
	}
	putchar('"');
}

static void number(char *buf, size_t size, uint64_t v)
{
	snprintf(buf, size, "%llu", (unsigned long long)v);
}

static void print_pairs(const struct image *img)
{
	for (unsigned i = 0; i < img->n; i++) {
		const struct part *p = &img->parts[i];
		char buf[32];

		number(buf, sizeof(buf), p->number);
		pair("number", buf, true);
		number(buf, sizeof(buf), p->start);
		pair("start", buf, false);
		number(buf, sizeof(buf), p->size);
		pair("size", buf, false);
		pair("type", p->type, false);
		snprintf(buf, sizeof(buf), "0x%llx", (unsigned long long)p->flags);
		pair("flags", buf, false);
		pair("name", p->name, false);
		pair("partuuid", p->partuuid, false);
		pair("fs", p->fs, false);
		pair("uuid", p->uuid, false);
		pair("label", p->label, false);
		pair("role", p->role, false);
		pair("why", p->why, false);
		putchar('\n');
	}
}

static void member(const char *key, const char *value)
{
	printf(", \"%s\": ", key);
	json_string(value, stdout);
}

static void print_json(const struct image *img)
{
	static const char *const states[] = { "good", "no table", "container",
		"truncated", "corrupt", "4kn", "foreign" };

	printf("{\"size\": %llu, \"state\": \"%s\"", (unsigned long long)img->size,
		states[img->state]);
	member("problem", img->problem[0] ? img->problem : NULL);
	member("format", img->container ? img->container : "raw");
	member("table", img->table);
	member("id", img->disk_id);
	fputs(", \"partitions\": [", stdout);
	for (unsigned i = 0; i < img->n; i++) {
		const struct part *p = &img->parts[i];

		printf("%s\n  {\"number\": %u, \"start\": %llu, \"size\": %llu",
			i ? "," : "", p->number, (unsigned long long)p->start,
			(unsigned long long)p->size);
		member("type", p->type[0] ? p->type : NULL);
		printf(", \"flags\": %llu", (unsigned long long)p->flags);
		member("name", p->name);
		member("partuuid", p->partuuid);
		member("fs", p->fs);
		member("uuid", p->uuid);
		member("label", p->label);
		member("role", p->role);
		member("why", p->why[0] ? p->why : NULL);
		putchar('}');
	}
	puts(img->n ? "\n]}" : "]}");
}

static void cell(const char *s, int width)
{
	fput_visible(s && *s ? s : "-", stdout);
	printf("%*s",
		s && (int)strlen(s) > width
			? 1
			: width - (s && *s ? (int)strlen(s) : 1) + 1,
		"");
}

static void print_table(const struct image *img)
{
	printf("%-3s %13s %13s %-11s %-10s %-36s %-12s %s\n", "NR", "START", "SIZE",
		"FS", "ROLE", "UUID", "LABEL", "WHY");
	for (unsigned i = 0; i < img->n; i++) {
		const struct part *p = &img->parts[i];

		printf("%-3u %13llu %13llu ", p->number, (unsigned long long)p->start,
			(unsigned long long)p->size);
		cell(p->fs, 11);
		cell(p->role, 10);
		cell(p->uuid, 36);
		cell(p->label, 12);
		fput_visible(p->why[0] ? p->why : "-", stdout);
		putchar('\n');
	}
}

static int status_of(const struct image *img)
{
	static const int status[] = {
		[IMAGE_GOOD] = EX_DONE,
		[IMAGE_NO_TABLE] = EX_NO_TABLE,
		[IMAGE_CONTAINER] = EX_NOT_RAW,
		[IMAGE_TRUNCATED] = EX_TRUNCATED,
		[IMAGE_CORRUPT] = EX_CORRUPT,
		[IMAGE_4KN] = EX_4KN,
		[IMAGE_FOREIGN] = EX_FOREIGN,
	};

	return status[img->state];
}

static void explain(const struct image *img)
{
	const char *why = container_refusal(img);
	_cleanup_free_ char *line = why ? NULL : container_line(img);

	if (img->state != IMAGE_GOOD)
		diag("%s: %s", img->path, img->problem);
	if (why)
		diag("%s: no command to convert it is shown, for it would read another file, too: %s; convert it only if you trust who made it", img->path,
			why);
	/* by itself, and so that it can be typed as it is */
	if (line)
		diag("%s: %s",
			strncmp(line, "qemu-img", 8) == 0 ? "convert it" : "unpack it",
			line);
	for (unsigned i = 0; img->table && i < img->n; i++)
		if (img->parts[i].signatures)
			diag("%s: partition %u: signatures of %s%s%s: wipefs -n on it "
			     "shows them",
				img->path, img->parts[i].number,
				img->parts[i].signatures,
				img->parts[i].fs ? ", taken for " : "",
				img->parts[i].fs ? img->parts[i].fs : "");
}

static int probe(const char *path)
{
	_cleanup_(image_close) struct image img;
	int r = image_open(&img, path, O_RDONLY);

	if (r == 0)
		r = roles_find(&img, NULL);
	if (r < 0) {
		diag_errno(r, "%s", path);
		return EX_FAILED;
	}
	explain(&img);
	if (as_json)
		print_json(&img);
	else if (as_table || (!as_pairs && isatty(STDOUT_FILENO)))
		print_table(&img);
	else
		print_pairs(&img);
	return status_of(&img);
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	const char **args;
	int r = opts_parse(&ctx, argc, argv, table, "IMAGE", 1, 1, &args);

	if (r != OPTS_GO)
		return r;
	if (as_json + as_table + as_pairs > 1)
		return opts_error("--json, --table and --pairs exclude each other");
	r = probe(args[0]);
	return flush_stdout() < 0 ? EX_FAILED : r;
}
