// SPDX-License-Identifier: MIT
#include "report.h"
#include "json.h"

#include <string.h>

static void json_fields(const struct record *r, const struct board *b, FILE *f)
{
	char fp[FINGERPRINT_MAX];

	record_fingerprint(r, fp);
	fputs("{\"fingerprint\":", f);
	json_string(fp, f);
	fprintf(f, ",\"hash\":\"%s\",\"type\":", r->hash);
	json_string(r->type[0] ? r->type : NULL, f);
	if (r->bits)
		fprintf(f, ",\"bits\":%u", r->bits);
	else
		fputs(",\"bits\":null", f);
	fputs(",\"comment\":", f);
	json_string(r->comment, f);
	fputs(",\"file\":", f);
	json_string(r->line ? r->file : NULL, f);
	fprintf(f, ",\"line\":%lu,\"end\":[%u,%u],\"grid\":[", r->line, b->end_x,
		b->end_y);
	for (int y = 0; y < WALK_H; y++) {
		char row[WALK_W + 1] = "";

		for (int x = 0; x < WALK_W; x++)
			row[x] = walk_chars[b->cell[y][x]];
		if (y)
			fputc(',', f);
		json_string(row, f);
	}
	fputs("]}", f);
}

void json_record(const struct record *r, FILE *f)
{
	struct board b;

	walk_draw(&b, r->digest, r->digest_len);
	json_fields(r, &b, f);
	fputc('\n', f);
}

void json_compared(const struct comparison *c, FILE *f)
{
	const char *sep = "";

	fprintf(f, "{\"same\":%s,\"differ\":[", c->count ? "false" : "true");
	for (int y = 0; y < WALK_H; y++)
		for (int x = 0; x < WALK_W; x++)
			if (c->diff[y][x]) {
				fprintf(f, "%s[%d,%d]", sep, x, y);
				sep = ",";
			}
	fputs("],\"keys\":[", f);
	for (size_t i = 0; i < c->n; i++) {
		if (i)
			fputc(',', f);
		json_fields(&c->records[i], &c->boards[i], f);
	}
	fputs("]}\n", f);
}

enum { CELL = 16, MARGIN = 12, TEXT = 22 };
enum {
	TILE_W = WALK_W * CELL + 2 * MARGIN,
	TILE_H = WALK_H * CELL + 2 * MARGIN + 2 * TEXT,
};

/* Markup, and what XML 1.0 has no way to write, comes out as a plain '?'. */
static void xml_text(const char *s, FILE *f)
{
	for (; *s; s++)
		if (*s == '&')
			fputs("&amp;", f);
		else if (*s == '<')
			fputs("&lt;", f);
		else
			fputc(*s < 0x20 || *s == 0x7f ? '?' : *s, f);
}

static void svg_cell(int x, int y, unsigned value, bool marked, FILE *f)
{
	/* More visits, darker; the ends in a colour of their own. */
	unsigned shade = value < WALK_START ? 255 - value * 12 : 0;
	char fill[16];

	snprintf(fill, sizeof(fill), "#%02x%02x%02x", shade, shade, shade);
	fprintf(f, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"%s/>",
		x * CELL, y * CELL, CELL, CELL,
		value == WALK_START ? "#2a78b8"
		: value == WALK_END ? "#b8502a"
				    : fill,
		marked ? " stroke=\"#d00000\" stroke-width=\"2\"" : "");
	if (value) {
		fprintf(f, "<text x=\"%d\" y=\"%d\" fill=\"%s\">", x * CELL + CELL / 2,
			y * CELL + CELL - 4, value > 8 ? "#ffffff" : "#000000");
		xml_text((const char[]){ walk_chars[value], '\0' }, f);
		fputs("</text>", f);
	}
	fputc('\n', f);
}

static void svg_board(const struct comparison *c, size_t i, bool marked, FILE *f)
{
	const struct record *r = &c->records[i];
	char fp[FINGERPRINT_MAX];

	record_fingerprint(r, fp);
	fprintf(f, "<text class=\"head\" x=\"0\" y=\"-8\">");
	xml_text(r->type[0] ? r->type : r->hash, f);
	if (r->bits)
		fprintf(f, " %u", r->bits);
	/* A comment may be in any encoding; a document may not. */
	if (r->comment && strspn(r->comment, "\t ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					     "abcdefghijklmnopqrstuvwxyz0123456789"
					     "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") ==
				  strlen(r->comment)) {
		fputc(' ', f);
		xml_text(r->comment, f);
	}
	fprintf(f, "</text>\n<text class=\"fp\" x=\"0\" y=\"%d\">", WALK_H * CELL + 16);
	xml_text(fp, f);
	fputs("</text>\n", f);
	for (int y = 0; y < WALK_H; y++)
		for (int x = 0; x < WALK_W; x++)
			svg_cell(x, y, c->boards[i].cell[y][x], marked && c->diff[y][x],
				f);
	fprintf(f,
		"<rect width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#000000\"/>\n",
		WALK_W * CELL, WALK_H * CELL);
}

void svg_all(const struct comparison *c, bool marked, FILE *f)
{
	size_t across = c->n < 3 ? c->n : 3;
	size_t down = across ? (c->n + across - 1) / across : 0;

	fprintf(f,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" "
		"height=\"%zu\">\n"
		"<style>text{font:12px monospace;text-anchor:middle}"
		".head,.fp{text-anchor:start}.fp{font-size:9px}</style>\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
		across * TILE_W, down * TILE_H);
	for (size_t i = 0; i < c->n; i++) {
		fprintf(f, "<g transform=\"translate(%zu,%zu)\">\n",
			i % across * TILE_W + MARGIN,
			i / across * TILE_H + MARGIN + TEXT);
		svg_board(c, i, marked, f);
		fputs("</g>\n", f);
	}
	fputs("</svg>\n", f);
}
