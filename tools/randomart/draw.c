// SPDX-License-Identifier: MIT
#include "draw.h"
#include "diag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* "+" and dashes with title at from; a title too long is cut as it always was. */
static void border(char *line, const char *title, size_t from)
{
	memset(line, '-', DRAW_WIDTH);
	line[0] = line[DRAW_WIDTH - 1] = '+';
	line[DRAW_WIDTH] = '\0';
	memcpy(line + from, title, strlen(title));
}

static void centred(char *line, const char *title)
{
	border(line, title, 1 + (WALK_W - strlen(title)) / 2);
}

/*
 * Both generations of OpenSSH keep the title in an array of as many bytes as
 * the board is wide, so that the longest lose their last characters.
 */
static void top_border(const struct record *r, bool old, char *line)
{
	char title[64] = "";

	if (old) {
		if (r->type[0])
			snprintf(
				title, sizeof(title), "+--[%4s %4u]", r->type, r->bits);
		title[WALK_W - 1] = '\0';
		border(line, title, 0);
		return;
	}
	if (r->type[0] && r->bits) {
		snprintf(title, sizeof(title), "[%s %u]", r->type, r->bits);
		if (strlen(title) > WALK_W)
			title[0] = '\0';
	}
	if (r->type[0] && !title[0])
		snprintf(title, sizeof(title), "[%s]", r->type);
	title[WALK_W - 1] = '\0';
	centred(line, title);
}

void draw_lines(const struct record *r, const struct board *b, bool old,
	char out[DRAW_LINES][DRAW_WIDTH + 1])
{
	char title[16] = "";

	top_border(r, old, out[0]);
	for (int y = 0; y < WALK_H; y++) {
		char *line = out[y + 1];

		line[0] = line[DRAW_WIDTH - 1] = '|';
		line[DRAW_WIDTH] = '\0';
		for (int x = 0; x < WALK_W; x++)
			line[x + 1] = walk_chars[b->cell[y][x]];
	}
	if (!old)
		snprintf(title, sizeof(title), "[%s]", r->hash);
	centred(out[WALK_H + 1], title);
}

void draw_heading(const struct record *r, FILE *f)
{
	char fp[FINGERPRINT_MAX];

	record_fingerprint(r, fp);
	if (r->bits)
		fprintf(f, "%u ", r->bits);
	fputs(fp, f);
	if (r->comment || r->bits) {
		fputc(' ', f);
		fput_visible(r->comment ? r->comment : "no comment", f);
	}
	if (r->type[0])
		fprintf(f, " (%s)", r->type);
	fputc('\n', f);
}

void draw_record(const struct record *r, const struct style *style, FILE *f)
{
	char lines[DRAW_LINES][DRAW_WIDTH + 1];
	struct board b;

	walk_draw(&b, r->digest, r->digest_len);
	draw_lines(r, &b, style->old, lines);
	for (int i = 0; i < DRAW_LINES; i++)
		lines[i][DRAW_WIDTH] = '\n';
	if (!style->picture_only)
		draw_heading(r, f);
	fwrite(lines, 1, sizeof(lines), f);
}

static void explain_steps(const struct record *r, FILE *f)
{
	int x = WALK_W / 2, y = WALK_H / 2;

	fprintf(f,
		"S is column %d, row %d. The walk, a byte of the fingerprint a "
		"line:\n\n"
		"  byte  bits, lowest first  steps        then at\n",
		x + 1, y + 1);
	for (size_t i = 0; i < r->digest_len; i++) {
		static const char *const names[] = { "NW", "NE", "SW", "SE" };
		unsigned byte = r->digest[i];

		fprintf(f, "   %02x        ", byte);
		for (int p = 0; p < 4; p++)
			fprintf(f, "%u%u%s", byte >> (2 * p + 1) & 1,
				byte >> (2 * p) & 1, p < 3 ? " " : "      ");
		for (int p = 0; p < 4; p++) {
			fprintf(f, " %s", names[byte >> (2 * p) & 3]);
			walk_step(&x, &y, byte >> (2 * p));
		}
		fprintf(f, "  %2d,%d\n", x + 1, y + 1);
	}
	fprintf(f, "\nThe walk ends at column %d, row %d: E.\n", x + 1, y + 1);
}

void draw_explained(const struct record *r, const struct style *style, FILE *f)
{
	draw_record(r, style, f);
	fprintf(f,
		"\n"
		"How to read it: a walker starts in the middle (S). The fingerprint, "
		"%zu\n"
		"bytes of %s, is taken two bits at a time: the low bit goes right (1)\n"
		"or left (0), the high bit down (1) or up (0), so each step is "
		"diagonal:\n"
		"00 NW, 01 NE, 10 SW, 11 SE. At a wall the walker slides along it. A "
		"cell\n"
		"shows how often it was entered: blank for never, then %.14s from "
		"once\n"
		"to %d times or more; S and E hide the count of theirs.\n\n",
		r->digest_len, r->hash, walk_chars + 1, WALK_START - 1);
	explain_steps(r, f);
	fputs("\n"
	      "Two pictures that differ in any cell come from two fingerprints, and "
	      "so\n"
	      "from two keys: the same key, hashed the same way, walks the same way.\n"
	      "(MD5 and SHA256 of one key are two walks: compare like with like.) The\n"
	      "other way round is only likely: different walks can leave one picture.\n"
	      "Where it matters, compare the fingerprint itself.\n",
		f);
}

int compare(struct comparison *c, const struct record *records, size_t n)
{
	*c = (struct comparison){ .records = records, .n = n };
	if (!(c->boards = calloc(n, sizeof(*c->boards))))
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		walk_draw(&c->boards[i], records[i].digest, records[i].digest_len);
	c->count = walk_differ(c->boards, n, c->diff);
	return 0;
}

void cleanup_comparison(struct comparison *c)
{
	free(c->boards);
	c->boards = NULL;
}

typedef char picture[DRAW_LINES][DRAW_WIDTH + 1];

static void put_row(const char *line, const uint8_t *diff, FILE *f)
{
	for (int x = 0; x < DRAW_WIDTH; x++) {
		bool on = diff && x > 0 && x <= WALK_W && diff[x - 1];

		if (on)
			fputs("\033[7m", f);
		fputc(line[x], f);
		if (on)
			fputs("\033[0m", f);
	}
}

/* What differs, in a frame of its own: readable without a terminal's colours. */
static void draw_mask(const struct comparison *c, picture lines)
{
	char title[32];

	snprintf(title, sizeof(title), "[%zu differ]", c->count);
	centred(lines[0], title);
	for (int y = 0; y < WALK_H; y++) {
		lines[y + 1][0] = lines[y + 1][DRAW_WIDTH - 1] = '|';
		for (int x = 0; x < WALK_W; x++)
			lines[y + 1][x + 1] = c->diff[y][x] ? 'x' : ' ';
	}
	centred(lines[DRAW_LINES - 1], "");
}

void draw_compared(const struct comparison *c, const struct style *style, FILE *f)
{
	enum { ACROSS = 4 }; /* fits 80 columns */
	picture lines[ACROSS];

	if (!style->picture_only)
		for (size_t i = 0; i < c->n; i++)
			draw_heading(&c->records[i], f);
	for (size_t done = 0; done <= c->n; done += ACROSS) {
		size_t left = c->n + 1 - done, m = left < ACROSS ? left : ACROSS;

		for (size_t i = 0; i < m; i++)
			if (done + i == c->n)
				draw_mask(c, lines[i]);
			else
				draw_lines(&c->records[done + i], &c->boards[done + i],
					style->old, lines[i]);
		for (int row = 0; row < DRAW_LINES; row++) {
			bool cells = style->mark && row > 0 && row <= WALK_H;

			for (size_t i = 0; i < m; i++) {
				if (i)
					fputc(' ', f);
				put_row(lines[i][row], cells ? c->diff[row - 1] : NULL,
					f);
			}
			fputc('\n', f);
		}
	}
}
