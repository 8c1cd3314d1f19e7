// SPDX-License-Identifier: MIT
#include "built.h"

#include <stdlib.h>
#include <string.h>

/* "NAME ARCHITECTURE VERSION" */
static void add_package(struct built *b, struct slice value, struct names *packages)
{
	struct slice name, rest, arch, version;
	struct installed i;

	if (!slice_split(value, ' ', &name, &rest) ||
		!slice_split(rest, ' ', &arch, &version) || name.n == 0 ||
		version.n == 0)
		return;
	i.name = (unsigned)names_add(packages, name);
	i.version = version;
	i.foreign = !slice_is(arch, "all") && b->architecture.n &&
		    (arch.n != b->architecture.n ||
			    memcmp(arch.s, b->architecture.s, arch.n) != 0);
	b->package =
		grow(b->package, b->packages, &b->package_room, sizeof(*b->package));
	b->package[b->packages++] = i;
}

static void add_input(struct built *b, struct slice value)
{
	struct input in = { .line = value };
	struct slice rest;

	if (!slice_split(value, ' ', &in.kind, &rest) ||
		!slice_split(rest, ' ', &in.hash, &in.name) || in.name.n == 0)
		return;
	b->input = grow(b->input, b->inputs, &b->input_room, sizeof(*b->input));
	b->input[b->inputs++] = in;
}

void built_read(struct built *b, struct slice text, struct names *packages)
{
	struct slice line, key, value;

	*b = (struct built){ 0 };
	while (slice_line(&text, &line)) {
		if (!slice_split(line, '=', &key, &value))
			continue;
		if (slice_is(key, "package"))
			add_package(b, value, packages);
		else if (slice_is(key, "input"))
			add_input(b, value);
		else if (slice_is(key, "answers"))
			b->answers = value;
		else if (slice_is(key, "architecture"))
			b->architecture = value;
	}
}

void inputs_read(struct built *b, struct slice text)
{
	struct slice line;

	*b = (struct built){ 0 };
	while (slice_line(&text, &line))
		add_input(b, line);
}

void built_end(struct built *b)
{
	free(b->package);
	free(b->input);
}
