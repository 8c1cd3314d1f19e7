// SPDX-License-Identifier: MIT
/*
 * Whatever a preseed file's text is: no crash, and what is put right is put right
 * for good. Before a line "====" the bytes are templates and scripts for the index.
 */
// uses: tools/preseed-check/agree.c
// uses: tools/preseed-check/asked.c
// uses: tools/preseed-check/answered.c
// uses: tools/preseed-check/check.c
// uses: tools/preseed-check/command.c
// uses: tools/preseed-check/early.c
// uses: tools/preseed-check/finding.c
// uses: tools/preseed-check/filled.c
// uses: tools/preseed-check/fix.c
// uses: tools/preseed-check/late.c
// uses: tools/preseed-check/layout.c
// uses: tools/preseed-check/names.c
// uses: tools/preseed-check/lines.c
// uses: tools/preseed-check/packages.c
// uses: tools/preseed-check/parameters.c
// uses: tools/preseed-check/partition.c
// uses: tools/preseed-check/partman.c
// uses: tools/preseed-check/password.c
// uses: tools/preseed-check/question.c
// uses: tools/preseed-check/raid.c
// uses: tools/preseed-check/recipe.c
// uses: tools/preseed-check/renamed.c
// uses: tools/preseed-check/rules.c
// uses: tools/preseed-check/script.c
// uses: tools/preseed-check/sets.c
// uses: tools/preseed-check/side.c
// uses: tools/preseed-check/suggest.c
// uses: tools/preseed-check/twice.c
// uses: tools/preseed-check/value.c
// uses: tools/preseed-check/tokens.c
// uses: tools/preseed-check/template.c
// uses: tools/preseed-check/syntax.c
// uses: tools/preseed-check/place.c
// uses: tools/preseed-check/network.c
// uses: tools/preseed-check/marks.c
// uses: tools/preseed-check/lookup.c
// uses: tools/preseed-check/cmdline.c
// uses: tools/preseed-check/account.c
// uses: tools/preseed-check/origins.c
// uses: tools/preseed-index/gather.c
// uses: tools/preseed-index/templates.c
// uses: tools/preseed-index/scripts.c
// uses: tools/preseed-index/packages.c
// uses: tools/preseed-index/write.c
// uses: tools/preseed-index/lists.c
// needs: libcrypt

#include "../../tools/preseed-check/check.h"
#include "../../tools/preseed-check/origins.h"
#include "../../tools/preseed-index/gather.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* No process for each input. */
const char *shell_fault(struct shell *s, const char *text)
{
	(void)s;
	return strstr(text, "if") ? "syntax error" : NULL;
}

static void run(const struct qindex *x, const char *text, size_t len, int depth)
{
	struct pool pool = { 0 };
	struct file f = { .name = "x", .text = text, .len = len };
	struct check c = { .pool = &pool, .index = x, .release = "x", .other = x, .others = 1,
		.cmdline = depth ? NULL : "auto=true url=x priority=critical", .disk = 1 << 30,
		.file = &f };
	size_t newlen, count;
	char *better;

	c.origin = origins_read(&pool, memchr(text, 0, len) ? "" : text, &c.origins);
	check_file(&c);
	better = fixed_text(&f, &pool, LEVEL_NOTE, &newlen, &count);
	for (size_t i = 0; i < f.findings; i++)
		if (f.f[i].line < 1 || f.f[i].from > len)
			abort();
	if (better && depth < 3)
		run(x, better, newlen, depth + 1);
	free(f.v);
	free(f.f);
	pool_free(&pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct source one = { "one", true }, two = { "two", false };
	const struct release r = { "x", "1", "y", "z" };
	struct pool pool = { 0 };
	struct gather g = { .pool = &pool };
	char *text = strndup((const char *)data, size), *rest;
	char path[64];
	struct qindex x;
	unsigned line;
	int fd = memfd_create("index", 0);

	rest = strstr(text, "====\n");
	if (rest) {
		*rest = '\0';
		rest += 5;
		templates_read(&g, &one, text, strlen(text), &line);
		templates_read(&g, &two, text, strlen(text) / 2, &line);
		script_read(&g, &one, text, strlen(text));
		packages_read(&g, text, strlen(text), &line);
		list_read(&g, &g.locale, text, strlen(text));
		list_read(&g, &g.language, text, strlen(text));
		list_read(&g, &g.user, text, strlen(text));
		for (char *p = text; p; p = strchr(p + 1, '\n'))
			zone_read(&g, &two, "usr/share/zoneinfo/a/b", p + (*p == '\n'));
		zone_read(&g, &one, text, strchr(text, ' '));
		gather_settle(&g);
	} else {
		rest = text;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (index_write(&g, &r, path) == 0 && qindex_open(&x, path) == 0) {
		run(&x, rest, strlen(rest), 0);
		qindex_close(&x);
	}
	close(fd);
	gather_free(&g);
	pool_free(&pool);
	free(text);
	return 0;
}
