// SPDX-License-Identifier: MIT
#include "look.h"
#include "base64.h"
#include "cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum {
	LINES = 24, /* a console's height */
	LINE_MAX_CHARS = 200,
	END_BYTES = 16 << 10,
	PICTURE_MAX = 2 << 20,
	REASON_MAX_CHARS = 800,
	WHY_MAX_CHARS = 160,
	FAILURES_SHOWN = 5,
};

/* What a terminal shows of a line: what came after the last return to its start. */
static struct slice as_shown(struct slice line)
{
	while (line.n && line.s[line.n - 1] == '\r')
		line.n--;
	for (size_t i = line.n; i > 0; i--)
		if (line.s[i - 1] == '\r')
			return (struct slice){ line.s + i, line.n - i };
	return line;
}

/* What a terminal shows: nothing of before it was cleared. */
static struct slice since_cleared(struct slice text)
{
	static const char *const clear[] = { "\33[2J", "\33[H\33[J", "\33c" };

	for (size_t i = text.n; i-- > 0;)
		for (size_t c = 0; c < sizeof(clear) / sizeof(*clear); c++) {
			const struct slice rest = { text.s + i, text.n - i };
			const size_t n = strlen(clear[c]);

			if (slice_begins(rest, clear[c]))
				return (struct slice){ rest.s + n, rest.n - n };
		}
	return text;
}

static void put_last_lines(struct slice text, FILE *f)
{
	struct slice line, rest = text;
	size_t lines = 0, i = 0;
	char buf[END_BYTES];

	while (slice_line(&rest, &line))
		lines++;
	fputs("<pre class=\"log\">", f);
	while (slice_line(&text, &line))
		if (i++ + LINES >= lines) {
			put_text(slice_shown(as_shown(line), buf), LINE_MAX_CHARS, f);
			fputc('\n', f);
		}
	fputs("</pre>\n", f);
}

/* The end of a log in the folder; whether there was one. */
static bool put_log(int dir, const char *name, const char *what, FILE *f)
{
	_cleanup_(content_end) struct content c = { 0 };

	if (read_end(dir, name, END_BYTES, &c) < 0 || c.n == 0)
		return false;
	fprintf(f, "<figure><figcaption>%s: the end of <code>%s</code>, ", what, name);
	put_bytes((double)c.size, f);
	fputs("</figcaption>\n", f);
	put_last_lines(since_cleared(content_text(&c)), f);
	fputs("</figure>\n", f);
	return true;
}

static void put_image(
	const struct content *c, const char *type, const char *alt, FILE *f)
{
	fprintf(f, "<img alt=\"%s\" src=\"data:%s;base64,", alt, type);
	base64_write(c->bytes, c->n, f);
	fputs("\">\n", f);
}

/* The first file that is a PNG by its bytes, not by its name alone. */
static bool put_screenshot(int dir, FILE *f)
{
	static const char magic[] = "\x89PNG\r\n\x1a\n";
	char *names[NAMES_MAX];
	size_t n, all;
	bool found = false;

	if (list_names(dir, "*.png", names, &n, &all) < 0)
		n = 0;
	for (size_t i = 0; i < n && !found; i++) {
		_cleanup_(content_end) struct content c = { 0 };

		if (read_whole(dir, names[i], PICTURE_MAX, &c) < 0 ||
			c.n < sizeof(magic) - 1 ||
			memcmp(c.bytes, magic, sizeof(magic) - 1) != 0)
			continue;
		fputs("<figure class=\"screen\"><figcaption>The screen: <code>", f);
		put_text(slice_of(names[i]), 80, f);
		fputs("</code></figcaption>\n", f);
		put_image(&c, "image/png", "The guest's screen", f);
		fputs("</figure>\n", f);
		found = true;
	}
	names_end(names, n);
	return found;
}

void look_screen(const struct appliance *a, FILE *f)
{
	if (put_screenshot(a->dir, f))
		return;
	if (!put_log(a->dir, "boot.log", "The first boot", f) &&
		!put_log(a->dir, "console.log", "The installer's console", f))
		fputs("<p class=\"none\">No console was kept.</p>\n", f);
}

void look_hostkeys(const struct appliance *a, FILE *f)
{
	_cleanup_(content_end) struct content svg = { 0 }, text = { 0 };
	struct slice value;
	size_t i = 0;

	fputs("<ul class=\"keys\">\n", f);
	while (manifest_next(&a->manifest, "hostkey", &i, &value)) {
		fputs("<li><code>", f);
		put_text(value, 120, f);
		fputs("</code></li>\n", f);
	}
	fputs("</ul>\n", f);
	/* An image's scripts and links are dead, whatever it holds. */
	if (read_whole(a->dir, "hostkeys.svg", PICTURE_MAX, &svg) == 0 && svg.n) {
		fputs("<p class=\"art\">", f);
		put_image(&svg, "image/svg+xml", "Pictures of the host keys", f);
		fputs("</p>\n", f);
	}
	if (read_whole(a->dir, "hostkeys", END_BYTES, &text) < 0 || text.n == 0)
		return;
	fprintf(f, "<details%s><summary>As ssh draws them</summary>\n<pre>",
		svg.n ? "" : " open");
	for (struct slice rest = content_text(&text), line; slice_line(&rest, &line);) {
		put_text(line, LINE_MAX_CHARS, f);
		fputc('\n', f);
	}
	fputs("</pre></details>\n", f);
}

void look_why(const struct appliance *a, FILE *f)
{
	_cleanup_(content_end) struct content c = { 0 };
	_cleanup_close_ int dir = -1;
	struct slice rest, line;

	if (!a->n_failed)
		return;
	dir = openat(a->dir, a->failed[a->n_failed - 1],
		O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0 || read_begin(dir, "why", END_BYTES, &c) < 0)
		return;
	rest = content_text(&c);
	if (!slice_line(&rest, &line))
		return;
	/* it begins with the name, which stands in the row already */
	if (slice_begins(line, a->name.s) && line.n > a->name.n + 2 &&
		line.s[a->name.n] == ':') {
		line.s += a->name.n + 2;
		line.n -= a->name.n + 2;
	}
	put_text(line, WHY_MAX_CHARS, f);
}

static void put_reason(int dir, FILE *f)
{
	_cleanup_(content_end) struct content c = { 0 };
	struct slice rest, line;

	if (read_begin(dir, "why", END_BYTES, &c) < 0 || c.n == 0)
		return;
	rest = content_text(&c);
	fputs("<p class=\"reason\">", f);
	for (int lines = 0; lines < LINES && slice_line(&rest, &line); lines++) {
		if (lines)
			fputs("<br>\n", f);
		put_text(line, REASON_MAX_CHARS, f);
	}
	fputs("</p>\n", f);
}

static void put_files(int dir, FILE *f)
{
	char *names[NAMES_MAX];
	size_t n, all;

	if (list_names(dir, "*", names, &n, &all) < 0)
		n = all = 0;
	fputs("<p class=\"files\">What was kept:", f);
	for (size_t i = 0; i < n; i++) {
		struct stat st;

		fprintf(f, "%s <code>", i ? "," : "");
		put_text(slice_of(names[i]), 80, f);
		fputs("</code>", f);
		if (fstatat(dir, names[i], &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(st.st_mode)) {
			fputs(" (", f);
			put_bytes((double)st.st_size, f);
			fputc(')', f);
		}
	}
	fprintf(f, "%s</p>\n", all > n ? " and more" : n ? "" : " nothing");
	names_end(names, n);
}

static void put_failure(int dir, const char *name, FILE *f)
{
	_cleanup_close_ int sub =
		openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (sub < 0) /* a failed.qcow2-like file is no evidence */
		return;
	fputs("<article class=\"failure\"><h4>", f);
	put_text(slice_of(name), 80, f);
	fputs("</h4>\n", f);
	put_reason(sub, f);
	put_screenshot(sub, f);
	if (!put_log(sub, "console.end", "The console", f))
		put_log(sub, "console.log", "The console", f);
	put_log(sub, "install.log", "The installer's log", f);
	put_log(sub, "boot.log", "The boot test", f);
	put_files(sub, f);
	fputs("</article>\n", f);
}

void look_failures(const struct appliance *a, FILE *f)
{
	const size_t shown =
		a->n_failed < FAILURES_SHOWN ? a->n_failed : FAILURES_SHOWN;

	/* Their names end with the time: the last is the newest. */
	for (size_t i = 0; i < shown; i++)
		put_failure(a->dir, a->failed[a->n_failed - 1 - i], f);
	if (a->all_failed > shown)
		fprintf(f, "<p>And %zu older.</p>\n", a->all_failed - shown);
	if (appliance_built(a) || a->n_failed)
		return;
	put_log(a->dir, "vmrun.log", "The guest's end", f);
	put_log(a->dir, "install.log", "The installer's log", f);
}
