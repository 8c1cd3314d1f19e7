// SPDX-License-Identifier: MIT
/*
 * appliance-report - what was built, as one page to look at.
 *
 * Reads build folders (manifest, logs, pictures), writes HTML or, for one of them,
 * the drawing of its time; changes nothing else, fetches nothing.
 */
#include "appliance.h"
#include "atomicfile.h"
#include "cleanup.h"
#include "diag.h"
#include "opts.h"
#include "page.h"

#include <stdlib.h>

struct report {
	struct appliance *list;
	size_t n;
};

static void cleanup_report(struct report *r)
{
	for (size_t i = 0; i < r->n; i++)
		appliance_end(&r->list[i]);
	free(r->list);
}

static int read_all(struct report *r, const char **paths)
{
	size_t n = 0;
	int err;

	while (paths && paths[n])
		n++;
	if (!(r->list = calloc(n + 1, sizeof(*r->list)))) {
		diag_errno(ENOMEM, "appliances");
		return -ENOMEM;
	}
	for (; r->n < n; r->n++)
		if ((err = appliance_read(&r->list[r->n], paths[r->n])) < 0) {
			diag_errno(-err, "%s", paths[r->n]);
			r->n++;
			return err;
		}
	return 0;
}

static int write_out(const struct report *r, bool timeline, const char *output)
{
	_cleanup_(atomic_drop) struct atomicfile out = { 0 };
	int err = atomic_open(&out, output);

	if (err == 0) {
		if (timeline)
			timeline_svg(&r->list[0].drawn, true, out.f);
		else
			page_write(r->list, r->n, out.f);
		err = atomic_commit(&out);
	}
	if (err < 0)
		diag_errno(-err, "%s", output ? output : "standard output");
	return err;
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	_cleanup_(cleanup_report) struct report report = { 0 };
	_cleanup_free_ char *output = NULL;
	int timeline = 0, r;
	const char **args = NULL;
	const struct poptOption table[] = {
		{ "timeline", 't', POPT_ARG_NONE, &timeline, 0,
			"The time of one build's steps alone, as SVG", NULL },
		{ "output", 'o', POPT_ARG_STRING, &output, 0,
			"Write to FILE instead of standard output", "FILE" },
		OPTS_COMMON
	};

	r = opts_parse(&ctx, argc, argv, table, "[FOLDER...]", 0, -1, &args);
	if (r != OPTS_GO)
		return r;
	if (timeline && (!args || !args[0] || args[1]))
		return opts_error("--timeline: of one folder");
	if (read_all(&report, args) < 0 || write_out(&report, timeline, output) < 0)
		return EX_FAILED;
	return EX_DONE;
}
