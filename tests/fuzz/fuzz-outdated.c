// SPDX-License-Identifier: MIT
/* appliance-outdated's readers, and that the order of versions is one. */
// uses: tools/appliance-outdated/version.c
// uses: tools/appliance-outdated/plan.c
// uses: tools/appliance-outdated/names.c
// uses: tools/appliance-outdated/built.c
// uses: tools/appliance-outdated/lists.c
// uses: tools/appliance-outdated/judge.c
// uses: tools/appliance-outdated/report.c
#include "../../tools/appliance-outdated/report.h"
#include "../../tools/appliance-outdated/version.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int sign(int r)
{
	return (r > 0) - (r < 0);
}

static void order(struct slice text)
{
	struct slice v[3];

	for (int i = 0; i < 3; i++)
		if (!slice_line(&text, &v[i]))
			return;
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++) {
			if (sign(version_cmp(v[i], v[j])) !=
				-sign(version_cmp(v[j], v[i])))
				abort();
			for (int k = 0; k < 3; k++)
				if (version_cmp(v[i], v[j]) <= 0 &&
					version_cmp(v[j], v[k]) <= 0 &&
					version_cmp(v[i], v[k]) > 0)
					abort();
		}
}

/* The parts of the input, with a form feed between, are a plan, a manifest, inputs,
 * lists. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size }, part[3];
	struct findings f = { 0 };
	struct names packages = { 0 };
	struct plan p = { 0 };
	struct offers o;
	struct built b, compiled;
	const char *why;
	unsigned line;
	FILE *null;

	if (size)
		order(text);
	for (int i = 0; i < 3; i++)
		if (!slice_split(text, '\f', &part[i], &text))
			return 0;
	if (plan_read(&p, part[0], &line, &why) == 0) {
		built_read(&b, part[1], &packages);
		inputs_read(&compiled, part[2]);
		offers_begin(&o, &p, packages.n);
		for (size_t i = 0; i < p.lists; i++)
			offers_read(&o, &p.list[i], text, &packages, &line);
		for (size_t i = 0; i < p.appliances; i++)
			judge(&f, &p, &o, &packages, &p.appliance[i], &b, &compiled);
		findings_sort(&f);
		if ((null = fopen("/dev/null", "w"))) {
			report_lines(&f, null);
			report_names(&f, true, null);
			report_json(&f, &p, null);
			fclose(null);
		}
		findings_end(&f);
		offers_end(&o);
		built_end(&compiled);
		built_end(&b);
	}
	names_end(&packages);
	plan_end(&p);
	return 0;
}
